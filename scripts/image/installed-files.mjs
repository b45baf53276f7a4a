// The files of an installed workspace package and of everything it needs at run time, as the lockfile has it installed.
import { readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** What nothing reads at run time: types, tests, and maps to sources that are not there. */
const NEEDLESS = /\.(d\.[cm]?ts|map|tsbuildinfo|test\.js)$/;

/**
 * Paths below `root` with what is there: files and links, without what only development needs.
 *
 * @param {string} root folder of the workspace
 * @param {string} main package that is run, from there: `packages/cli`
 * @returns {Map<string, { link: string } | { file: string, executable: boolean }>}
 */
export function installedFiles(root, main) {
  const found = new Map();
  const queue = [join(root, main)];
  const seen = new Set(queue);

  const visit = (folder) => {
    if (!seen.has(folder)) queue.push(folder);
    seen.add(folder);
  };
  const addFile = (path) =>
    found.set(relative(root, path), { file: path, executable: (statSync(path).mode & 0o100) !== 0 });
  const addLink = (path) => {
    found.set(relative(root, path), { link: readlinkSync(path) });
    visit(realpathSync(path));
  };
  const addTree = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== "node_modules") addTree(path);
      } else if (entry.isFile() && !NEEDLESS.test(entry.name)) addFile(path);
    }
  };

  for (let folder = queue.shift(); folder !== undefined; folder = queue.shift()) {
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const isOurs = folder.startsWith(join(root, "packages/"));
    // What a package of ours leaves out, marked by `!`, is needless too.
    const parts = ["package.json", ...(manifest.files ?? []).filter((part) => !part.startsWith("!"))];
    if (isOurs) for (const part of parts) addPart(join(folder, part));
    else addTree(folder);
    // A package of the store finds what it needs beside itself, one of ours below itself.
    const beside = isOurs ? join(folder, "node_modules") : besideOf(folder);
    for (const name of neededBy(manifest)) {
      const path = join(beside, name);
      if (isLink(path)) addLink(path);
    }
  }
  return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));

  function addPart(pattern) {
    if (pattern.includes("*"))
      throw new Error(`${pattern}: a pattern among a package's files is not understood`);
    const stat = statSync(pattern, { throwIfNoEntry: false });
    if (stat?.isDirectory()) addTree(pattern);
    else if (stat?.isFile()) addFile(pattern);
  }
}

/** @returns {string[]} */
function neededBy({ dependencies = {}, optionalDependencies = {}, peerDependencies = {} }) {
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
}

/** The `node_modules` that a package of the store is in. */
function besideOf(folder) {
  let at = dirname(folder);
  while (!at.endsWith("node_modules")) at = resolve(at, "..");
  return at;
}

function isLink(path) {
  try {
    readlinkSync(path);
    return true;
  } catch {
    return false;
  }
}
