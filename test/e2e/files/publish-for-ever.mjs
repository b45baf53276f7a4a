// Publishes one set after another into each of the folders that are its arguments, until it is killed.
import { SecretValue } from "@sluice/core";
import { publishFiles } from "@sluice/files";
import { setOf } from "./set-of.mjs";

const [first, ...roots] = process.argv.slice(2);

async function publishForEver(root) {
  for (let generation = Number(first); ; generation += 1) {
    const files = Object.entries(setOf(generation)).map(([name, text]) => ({
      path: `${root}/${name}`,
      content: SecretValue.fromText(text),
      mode: 0o400,
    }));
    await publishFiles({ roots: [root], files });
    if (generation === Number(first)) process.stdout.write(".");
  }
}

await Promise.all(roots.map(publishForEver));
