#!/usr/bin/env node
// Only this before everything else: loading almost anything opens a standard stream, and opening one makes a
// pipe non-blocking, which the command to start would inherit.
import { readStdioModes } from "@sluice/runner/stdio-modes";

const stdio = readStdioModes();
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 22 || (major === 22 && minor < 19)) {
  const { writeSync } = await import("node:fs");
  writeSync(2, `sluice: Node.js ${process.versions.node} is too old\n  -> Install Node.js 22.19 or newer\n`);
  process.exitCode = 78;
} else {
  const bundle = process.argv[2] === "sidecar" ? prepareSidecar() : undefined;
  if (bundle !== undefined) await import(bundle);
  else {
    const { sluice } = await import("../dist/sluice.js");
    process.exitCode = await sluice.main(process.argv, { stdio });
  }
}

/**
 * A sidecar runs once a pod, and does little: interpreting its code takes less memory than the compilers that would make
 * it fast (bench/sidecar.mjs). An image has it in few files, which takes less again (scripts/image/bundle-sidecar.mjs).
 *
 * @returns {string | undefined} where that is
 */
function prepareSidecar() {
  const { setFlagsFromString } = process.getBuiltinModule("node:v8");
  for (const flag of ["--no-opt", "--no-sparkplug", "--optimize-for-size"]) setFlagsFromString(flag);
  const bundle = new URL("./sidecar/sluice.js", import.meta.url);
  return process.getBuiltinModule("node:fs").existsSync(bundle) ? bundle.href : undefined;
}
