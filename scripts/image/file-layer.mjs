// A layer of files, of root, from the beginning of time: the same files give the same bytes.
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { packTar } from "modern-tar";
import { blob } from "../../packages/launcher/dist/image/blob.js";

/**
 * @param {Iterable<[string, { link: string } | { file: string, executable: boolean }]>} entries by their path in the image
 */
export async function fileLayer(entries) {
  const folders = new Set();
  const tar = [];
  const common = { uid: 0, gid: 0, mtime: new Date(0) };
  for (const [name, entry] of entries) {
    for (const folder of foldersOf(name)) {
      if (folders.has(folder)) continue;
      folders.add(folder);
      tar.push({ header: { ...common, name: `${folder}/`, type: "directory", mode: 0o755, size: 0 } });
    }
    if ("link" in entry) {
      tar.push({ header: { ...common, name, type: "symlink", linkname: entry.link, mode: 0o777, size: 0 } });
      continue;
    }
    const body = readFileSync(entry.file);
    const mode = entry.executable ? 0o755 : 0o644;
    tar.push({ header: { ...common, name, type: "file", mode, size: body.length }, body });
  }
  return blob("application/vnd.oci.image.layer.v1.tar", await packTar(tar));
}

/** `a`, `a/b` of `a/b/c`. */
function foldersOf(name) {
  const parent = dirname(name);
  return parent === "." ? [] : [...foldersOf(parent), parent];
}
