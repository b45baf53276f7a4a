import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { buildLauncher, LAUNCHER_ARCHS } from "./build-launcher.js";

// Builds the launcher into the packages that carry it, and tells their digests.
for (const arch of LAUNCHER_ARCHS) {
  const path = fileURLToPath(new URL(`../../../launcher-linux-${arch}/bin/sluice-launch`, import.meta.url));
  await buildLauncher(arch, path);
  const content = await readFile(path);
  const digest = createHash("sha256").update(content).digest("hex");
  process.stdout.write(`linux-${arch}  ${content.length} bytes  sha256:${digest}\n`);
}
