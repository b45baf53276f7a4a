import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { contextOf, openFile, reveal, tempFolder } from "../test/support.js";
import { file } from "./file.js";

describe("file", () => {
  it("describes its options, one by one", () => {
    const { properties, required, additionalProperties } = file.optionsSchema as {
      properties: Record<string, { description: string }>;
      required: string[];
      additionalProperties: boolean;
    };
    expect(Object.keys(properties)).toEqual(["path", "format", "maxBytes"]);
    for (const { description } of Object.values(properties)) expect(description).toMatch(/\.$/);
    expect(required).toEqual(["path"]);
    expect(additionalProperties).toBe(false);
  });

  it("is configured with a location, and without effects", () => {
    const store = file({ path: "missing/x.json" });
    expect(store).toMatchObject({ provider: "file", location: "missing/x.json" });
    expect(() => store.create({ store: "files", baseDirectory: "/none", environment: {} })).not.toThrow();
  });

  it("has a verb for every capability", () => {
    const provider = openFile({ path: "x" });
    for (const verb of ["list", "watch", "put", "delete", "check"] as const) {
      expect(file.capabilities[verb]).toBeDefined();
      expect(provider[verb]).toBeTypeOf("function");
    }
  });

  it.each([
    [".env", "A=1"],
    [".env.local", "A=1"],
    ["secrets.env", "A=1"],
    ["plain", "A=1"],
    ["x.json", '{"A":1}'],
    ["x.JSON", '{"A":1}'],
    ["x.yaml", "A: 1"],
    ["x.yml", "A: 1"],
  ])("tells the format of %s from its name", async (name, content) => {
    const folder = await tempFolder();
    await writeFile(join(folder, name), content);
    expect(await reveal(openFile({ path: name }, folder), "A")).toBe("1");
  });

  it("takes a directory for one, whatever its name and whenever it appears", async () => {
    const folder = await tempFolder();
    const provider = openFile({ path: "x.json" }, folder);
    await expect(reveal(provider, "A")).rejects.toThrow("x.json does not exist");
    await mkdir(join(folder, "x.json"));
    await writeFile(join(folder, "x.json", "A"), "1");
    expect(await reveal(provider, "A")).toBe("1");
  });

  it("lets the format be given", async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, "x"), '{"A":1}');
    expect(await reveal(openFile({ path: "x", format: "json" }, folder), "A")).toBe("1");
  });

  it("ends its watches when it is disposed of", async () => {
    const folder = await tempFolder();
    const provider = openFile({ path: folder });
    const events = provider.watch({ paths: ["A"] }, contextOf())[Symbol.asyncIterator]();
    expect(await events.next()).toMatchObject({ value: { kind: "resync" } });
    const last = events.next();
    await provider[Symbol.asyncDispose]();
    expect(await last).toEqual({ done: true, value: undefined });
  });
});
