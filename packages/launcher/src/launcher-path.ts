import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { LauncherMissingError } from "./launcher-missing-error.js";

/** Where the launcher is to run. */
export interface LauncherTarget {
  /** As `process.platform` has it; by default this process's. */
  readonly platform?: string;
  /** As `process.arch` has it; by default this process's. */
  readonly arch?: string;
}

const TARGETS: readonly string[] = ["linux-x64", "linux-arm64"];

/**
 * Path of the launcher's executable for a platform, from the optional package that carries it.
 *
 * @throws {LauncherMissingError} when there is no launcher for it, or its package is not installed.
 */
export function launcherPath(
  { platform = process.platform, arch = process.arch }: LauncherTarget = {},
  resolve: (specifier: string) => string = createRequire(import.meta.url).resolve,
): string {
  const target = `${platform}-${arch}`;
  if (!TARGETS.includes(target))
    throw new LauncherMissingError(
      `There is no launcher for ${target}: it runs on ${TARGETS.join(" and ")}. Ask for one of these by platform and arch`,
    );
  const name = `@sluice/launcher-${target}`;
  const path = join(folderOf(name, resolve), "bin", "sluice-launch");
  if (!existsSync(path))
    throw new LauncherMissingError(
      `The package ${name} has no executable at ${path}. In a checkout of the source, build it: pnpm build:launcher`,
    );
  return path;
}

function folderOf(name: string, resolve: (specifier: string) => string): string {
  try {
    return dirname(resolve(`${name}/package.json`));
  } catch (cause) {
    throw new LauncherMissingError(
      `The package ${name} is not installed. Install it for that platform, and do not omit optional dependencies`,
      { cause },
    );
  }
}
