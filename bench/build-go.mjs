import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Builds a program of `bench/go`, static and stripped; gives its path. */
export function buildGo(name) {
  const program = join(mkdtempSync(join(tmpdir(), "sluice-bench-")), name);
  const flags = ["-trimpath", "-ldflags=-s -w", "-tags=netgo,osusergo", "-o", program, `./${name}`];
  const env = { ...process.env, CGO_ENABLED: "0" };
  execFileSync("go", ["build", ...flags], { cwd: fileURLToPath(new URL("go", import.meta.url)), env });
  return program;
}
