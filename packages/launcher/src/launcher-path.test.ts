import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LauncherMissingError } from "./launcher-missing-error.js";
import { launcherPath } from "./launcher-path.js";

describe("launcherPath", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "sluice-launcher-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const resolve = (specifier: string): string => join(folder, specifier);

  it.each(["x64", "arm64"])("finds the executable for %s", (arch) => {
    const bin = join(folder, `@sluice/launcher-linux-${arch}/bin`);
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, "sluice-launch"), "");
    chmodSync(join(bin, "sluice-launch"), 0o755);
    expect(launcherPath({ platform: "linux", arch }, resolve)).toBe(join(bin, "sluice-launch"));
  });

  it("says how to build it when the package has none", () => {
    const look = () => launcherPath({ platform: "linux", arch: "x64" }, resolve);
    expect(look).toThrow(LauncherMissingError);
    expect(look).toThrow("pnpm build:launcher");
  });

  it("says how to install it when the package is not there", () => {
    const absent = (specifier: string): string => {
      throw new Error(`Cannot find module ${specifier}`);
    };
    const look = () => launcherPath({ platform: "linux", arch: "arm64" }, absent);
    expect(look).toThrow(LauncherMissingError);
    expect(look).toThrow("@sluice/launcher-linux-arm64 is not installed");
  });

  it.each([
    ["darwin", "arm64"],
    ["win32", "x64"],
    ["linux", "s390x"],
  ])("names what there is, for %s on %s", (platform, arch) => {
    expect(() => launcherPath({ platform, arch }, resolve)).toThrow("linux-x64 and linux-arm64");
  });

  it.each(["x64", "arm64"])("asks for a package that exists, for %s", (arch) => {
    const own = createRequire(import.meta.url);
    const found: string[] = [];
    const note = (specifier: string): string => {
      found.push(own.resolve(specifier));
      return resolve(specifier);
    };
    expect(() => launcherPath({ platform: "linux", arch }, note)).toThrow(LauncherMissingError);
    expect(found).toEqual([expect.stringMatching(new RegExp(`launcher-linux-${arch}/package.json$`))]);
  });
});
