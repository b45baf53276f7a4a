// Checks every package as npm would publish it.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const root = new URL("../packages/", import.meta.url);
let faults = 0;
for (const name of readdirSync(root)) {
  const pkgDir = fileURLToPath(new URL(name, root));
  const { messages, pkg } = await publint({ pkgDir, strict: true, pack: false });
  for (const message of messages) {
    faults += 1;
    console.error(`${name}: ${formatMessage(message, pkg)}`);
  }
}
console.log(faults === 0 ? "publint: every package is fit to publish" : `publint: ${faults} faults`);
process.exitCode = faults === 0 ? 0 : 1;
