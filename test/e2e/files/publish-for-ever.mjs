// Publishes one set after another into each of the folders that are its arguments, until it is killed.
import { setTimeout as pause } from "node:timers/promises";
import { SecretValue } from "@sluice/core";
import { publishFiles } from "@sluice/files";
import { setOf } from "./set-of.mjs";

const [first, ...roots] = process.argv.slice(2);

async function publishForEver(root) {
  // Each in its own time: writers that go in step would all be at the same step when they are killed.
  for (let generation = Number(first); ; generation += 1) {
    await pause(Math.random() * 40);
    const files = Object.entries(setOf(generation)).map(([name, text]) => ({
      path: `${root}/${name}`,
      content: SecretValue.fromText(text),
      mode: 0o400,
    }));
    await publishFiles({ roots: [root], files });
    process.stdout.write(".");
  }
}

await Promise.all(roots.map(publishForEver));
