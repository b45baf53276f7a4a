// What the demo makes goes with it, however it ends: first the processes, then the folders that they use.
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

const children = new Set();
const folders = [];

process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
  // Who was killed a moment ago may still be writing.
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});
const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };
for (const [signal, number] of Object.entries(NUMBERS))
  process.once(signal, () => process.exit(128 + number));

/** A child that does not outlive the demo. */
export function owned(child) {
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}

/** A folder of the demo's own in `parent`. Its name has our process id. */
export function ownFolder(parent) {
  const folder = mkdtempSync(join(parent, `sluice-quickstart-${process.pid}-`));
  folders.push(folder);
  return folder;
}
