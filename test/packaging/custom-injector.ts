import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./packed-packages.js";

const EXAMPLE = join(ROOT, "examples/custom-injector");

/** The files of the example that are the parts of an injector: its provider, its dialect, its strategy, and their composition. */
export const PARTS: readonly string[] = readdirSync(join(EXAMPLE, "src")).map((file) =>
  readFileSync(join(EXAMPLE, "src", file), "utf8"),
);

/** Copies the example into a project, as somebody has it who found it: without what this repository has installed and built. */
export function copyExample(project: string): string {
  const folder = join(project, "custom-injector");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const part of ["bin", "src", "test", "tsconfig.json"])
    cpSync(join(EXAMPLE, part), join(folder, part), { recursive: true });
  const manifest = JSON.parse(readFileSync(join(EXAMPLE, "package.json"), "utf8")) as object;
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ ...manifest, devDependencies: {}, dependencies: {} }),
  );
  return folder;
}
