import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findCommand } from "./find-command.js";

describe.runIf(process.platform !== "win32")("findCommand", () => {
  let directory = "";
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "sluice-find-"));
    mkdirSync(join(directory, "a", "tool"), { recursive: true });
    for (const name of ["b", "c"]) mkdirSync(join(directory, name));
    writeFileSync(join(directory, "b", "tool"), "");
    writeFileSync(join(directory, "c", "tool"), "#!/bin/sh\n");
    chmodSync(join(directory, "c", "tool"), 0o755);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const path = (...names: string[]): string => names.map((name) => join(directory, name)).join(":");

  it("takes the first file of PATH that can be executed", () => {
    expect(findCommand("tool", path("absent", "a", "b", "c"))).toBe(join(directory, "c", "tool"));
  });

  it("takes a command with a slash as it is", () => {
    expect(findCommand(join(directory, "c", "tool"), "")).toBe(join(directory, "c", "tool"));
  });

  it("looks in the usual directories without a PATH", () => {
    expect(findCommand("sh")).toMatch(/^(?:\/usr)?(?:\/local)?\/bin\/sh$/);
  });

  it("tells what cannot be executed from what is not there", () => {
    expect(() => findCommand("tool", path("a", "b"))).toThrow(
      expect.objectContaining({ code: "SLU4002", kind: "not-executable" }),
    );
    const absent = expect.objectContaining({ code: "SLU4001", kind: "command-not-found" });
    expect(() => findCommand("tool", path("absent"))).toThrow(absent);
    expect(() => findCommand("", path("c"))).toThrow(absent);
    expect(() => findCommand("./absent/tool", path("c"))).toThrow(absent);
  });
});
