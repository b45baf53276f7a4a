import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GO_FOLDER } from "./go-folder.js";

/** Where Go keeps and fetches things; none of it changes what it builds. */
const PASSED = ["PATH", "HOME", "TMPDIR", "GOPATH", "GOCACHE", "GOMODCACHE", "GOPROXY", "XDG_CACHE_HOME"];

/**
 * The environment for the `go` command: the pinned toolchain, which Go fetches when it is another one itself, and
 * nothing of the caller's that changes a build.
 */
export function goEnvironment(folder: string = GO_FOLDER): Record<string, string> {
  const environment: Record<string, string> = {
    CGO_ENABLED: "0",
    GOENV: "off",
    GOWORK: "off",
    GOTOOLCHAIN: pinnedToolchain(folder),
  };
  for (const name of PASSED) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}

function pinnedToolchain(folder: string): string {
  const [, toolchain] = /^toolchain (go\S+)$/m.exec(readFileSync(join(folder, "go.mod"), "utf8")) ?? [];
  if (toolchain === undefined) throw new Error(`${folder}/go.mod pins no toolchain`);
  return toolchain;
}
