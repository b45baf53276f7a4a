import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { chmod, mkdir, rename } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { promisify } from "node:util";
import { goEnvironment } from "./go-environment.js";
import { GO_FOLDER } from "./go-folder.js";

/** A processor that the launcher is built for, as `process.arch` has it. */
export type LauncherArch = "x64" | "arm64";

/** Processors that the launcher is built for. */
export const LAUNCHER_ARCHS: readonly LauncherArch[] = ["x64", "arm64"];

const TARGETS: Record<LauncherArch, Record<string, string>> = {
  x64: { GOARCH: "amd64", GOAMD64: "v1" },
  arm64: { GOARCH: "arm64", GOARM64: "v8.0" },
};

const TIMEOUT_MS = 10 * 60_000;

/**
 * Builds the launcher for Linux with the Go toolchain that its go.mod pins. The same source gives the same bytes, whatever
 * machine, folder and version control it is built in.
 *
 * @throws {Error} when there is no Go, or it does not build.
 */
export async function buildLauncher(
  arch: LauncherArch,
  out: string,
  { source = GO_FOLDER }: { source?: string } = {},
): Promise<void> {
  const target = resolve(out);
  await mkdir(dirname(target), { recursive: true });
  // Whoever starts it while it is replaced finds all of one.
  const half = `${target}.${process.pid}`;
  await promisify(execFile)("go", ["build", ...flags(), "-o", half, "."], {
    cwd: source,
    env: { ...goEnvironment(source), GOOS: "linux", ...TARGETS[arch] },
    timeout: TIMEOUT_MS,
  });
  await chmod(half, 0o755);
  await rename(half, target);
}

/** The flags of `go build`. */
export function flags(): string[] {
  return [
    "-trimpath",
    "-buildvcs=false",
    // Without HTTP/2 and the C library's ways to look up names and users, none of which it uses.
    "-tags=nethttpomithttp2,netgo,osusergo",
    // The entry is internal/inherited/entry_*.s.
    `-ldflags=-s -w -buildid= -E _sluice_entry -X main.version=${version()}`,
  ];
}

/** Version of `@sluice/launcher`. */
export function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return (manifest as { version: string }).version;
}
