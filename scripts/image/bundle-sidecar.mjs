// The command line in a few files, for the one command that runs once a pod: a module of its own costs memory, and there
// are five hundred (bench/sidecar.mjs).
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";

/** Modes that are not the sidecar (packages/cli's built-in-modes.ts): what only they load is left out. */
const OTHER_MODE = /\/packages\/(?:cli\/dist\/modes\/|(?!sidecar\/)[a-z-]+\/dist\/mode\/)/;

/** Modules of Node.js that bring much with them when they are imported, for the sake of what nobody takes of them. */
const HEAVY = { "node:http": new Set(["CloseEvent", "MessageEvent", "WebSocket"]) };

/** What is loaded and never called: node-vault is handed a transport of ours (provider-vault's open-node-vault.ts). */
const NEVER_CALLED = { by: "/node_modules/node-vault/", id: "axios" };

/**
 * Writes `sluice.js` and what it loads into a folder: `sluice sidecar`, with every built-in provider.
 *
 * @param {string} root folder of the workspace, built
 * @param {string} folder
 * @returns {Promise<string[]>} names of the files
 */
export async function bundleSidecar(root, folder) {
  const bundle = await rolldown({
    input: { sluice: `${root}/packages/cli/bin/sluice.js` },
    platform: "node",
    // Optional, and not there.
    external: [/^@opentelemetry\//, "inversify", "reflect-metadata"],
    plugins: [lighter()],
  });
  const { output } = await bundle.generate({
    format: "esm",
    minify: true,
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
  });
  const chunks = new Map(output.map((chunk) => [chunk.fileName, chunk]));
  const needed = new Set(["sluice.js"]);
  for (const name of needed) {
    const { imports, dynamicImports } = chunks.get(name);
    for (const next of [...imports, ...dynamicImports])
      if (chunks.has(next) && !OTHER_MODE.test(chunks.get(next).facadeModuleId ?? "")) needed.add(next);
  }
  mkdirSync(folder, { recursive: true });
  for (const name of needed) writeFileSync(join(folder, name), chunks.get(name).code);
  return Array.from(needed).toSorted();
}

/** @returns {import("rolldown").Plugin} */
function lighter() {
  return {
    name: "lighter",
    resolveId: (id, importer = "") => {
      const name = `node:${id.replace(/^node:/, "")}`;
      if (Object.hasOwn(HEAVY, name)) return `\0${name}`;
      return id === NEVER_CALLED.id && importer.includes(NEVER_CALLED.by) ? `\0${id}` : undefined;
    },
    load: (id) => {
      const name = id.slice(1);
      if (!id.startsWith("\0")) return undefined;
      if (name === NEVER_CALLED.id) return "export default {};";
      if (!Object.hasOwn(HEAVY, name)) return undefined;
      const members = Object.keys(process.getBuiltinModule(name)).filter((each) => !HEAVY[name].has(each));
      return `const it = process.getBuiltinModule("${name}");
export default it;
export const { ${members.join(", ")} } = it;`;
    },
  };
}
