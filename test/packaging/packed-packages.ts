import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "../servers/shared/run-command.js";

export const ROOT: string = fileURLToPath(new URL("../..", import.meta.url));

/** A package as npm would publish it. */
export interface PackedPackage {
  readonly name: string;
  readonly tarball: string;
  /** What a user can import, from its manifest: `@sluice/core`, `@sluice/core/di`, … */
  readonly entries: readonly string[];
  /** For some platforms only. */
  readonly optional: boolean;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly os?: readonly string[];
  readonly exports?: Readonly<Record<string, string | { readonly types?: string }>>;
}

/**
 * Packs every package of the repository, as it was built.
 *
 * The launcher's executables are left out of their packages here: they are built and run by the tests of the launcher.
 */
export async function packPackages(folder: string): Promise<PackedPackage[]> {
  const workspace = ["--dir", ROOT, "-r", "--filter", "./packages/*", "--config.ignore-scripts=true"];
  await runCommand("npx", ["-y", "pnpm@12.21.0", ...workspace, "pack", "--pack-destination", folder]);
  return readdirSync(join(ROOT, "packages")).map((name) => {
    const text = readFileSync(join(ROOT, "packages", name, "package.json"), "utf8");
    return describePackage(JSON.parse(text) as Manifest, folder);
  });
}

function describePackage({ name, version, os, exports = {} }: Manifest, folder: string): PackedPackage {
  return {
    name,
    tarball: join(folder, `${name.replace("@", "").replace("/", "-")}-${version}.tgz`),
    entries: Object.entries(exports)
      .filter(([, target]) => typeof target === "object" && target.types !== undefined)
      .map(([subpath]) => name + subpath.slice(1)),
    optional: os !== undefined,
  };
}
