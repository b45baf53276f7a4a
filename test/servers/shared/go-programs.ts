import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { runCommand } from "./run-command.js";

const BUILD_TIMEOUT_MS = 30 * 60_000;

/** Where each of these programs is, by its name: in the first of the folders that has it. Undefined if one is nowhere. */
export function findPrograms<Name extends string>(
  names: readonly Name[],
  folders: readonly string[],
): Readonly<Record<Name, string>> | undefined {
  const found = names.map((name) =>
    folders.map((folder) => join(folder, name)).find((path) => existsSync(path)),
  );
  if (found.includes(undefined)) return undefined;
  return Object.fromEntries(names.map((name, index) => [name, found[index]])) as Record<Name, string>;
}

/** The folders that programs are looked for in. */
export function pathFolders(): string[] {
  return (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
}

/** Builds programs into a folder, at the versions that the `go.mod` of a module has. */
export async function buildGoPrograms<Name extends string>(
  module: string,
  packages: Readonly<Record<Name, string>>,
  folder: string,
): Promise<Readonly<Record<Name, string>>> {
  await mkdir(folder, { recursive: true });
  for (const [name, source] of Object.entries(packages)) {
    // Another test file may be building too: the name is there only when all of the file is.
    const half = join(folder, `.${name}.${process.pid}`);
    const flags = ["-trimpath", "-ldflags", "-s -w", "-o", half];
    const go = ["CGO_ENABLED=0", "go", "-C", module, "build", ...flags, source as string];
    await runCommand("env", go, BUILD_TIMEOUT_MS);
    await rename(half, join(folder, name));
  }
  const names = Object.keys(packages) as Name[];
  return Object.fromEntries(names.map((name) => [name, join(folder, name)])) as Record<Name, string>;
}
