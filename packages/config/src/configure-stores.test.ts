import { type AnyProvider, defineProvider } from "@sluice/core";
import { describe, expect, it, vi } from "vitest";
import { configureStores } from "./configure-stores.js";

const provider = (id: string): AnyProvider =>
  defineProvider<{ path?: string }>({
    id,
    optionsSchema: {
      type: "object",
      additionalProperties: false,
      properties: { path: { type: "string" } },
    },
    capabilities: { batchSize: 1, fields: "extracted", versions: { exact: false, label: false } },
    location: ({ path = "" }) => path,
    create: () => ({ resolve: async () => [] }),
  });

const lazy = (id: string, load = async () => provider(id)) => ({ id, load: vi.fn<typeof load>(load) });

describe("configureStores", () => {
  it("loads each provider that is named once, and no other", async () => {
    const [used, unused] = [lazy("used"), lazy("unused")];
    const stores = {
      a: { provider: "used", path: "x" },
      b: { provider: "used", path: "y" },
      c: { provider: "mine" },
    };
    const configured = await configureStores(stores, [used, unused, provider("mine")]);
    expect(configured.issues).toEqual([]);
    expect(Object.entries(configured.stores).map(([name, { location }]) => [name, location])).toEqual([
      ["a", "x"],
      ["b", "y"],
      ["c", ""],
    ]);
    expect(used.load).toHaveBeenCalledOnce();
    expect(unused.load).not.toHaveBeenCalled();
  });

  it("finds what is meant among all, loading none", async () => {
    const [one, two] = [lazy("secrets-manager"), lazy("vault")];
    const { issues } = await configureStores(
      { a: { provider: "secret-manager" }, b: { provider: "nothing-like-it" } },
      [one, two],
    );
    expect(issues).toEqual([
      {
        path: ["stores", "a", "provider"],
        at: "value",
        problem: 'no provider is called "secret-manager"',
        remedy: 'Did you mean "secrets-manager"?',
      },
      {
        path: ["stores", "b", "provider"],
        at: "value",
        problem: 'no provider is called "nothing-like-it"',
        remedy: "Installed are: secrets-manager, vault",
      },
    ]);
    expect([one.load, two.load].flatMap(({ mock }) => mock.calls)).toEqual([]);
  });

  it("says which provider cannot be loaded, and nothing of what its package threw", async () => {
    const failure = Object.assign(new Error("hunter2"), { code: "ERR_MODULE_NOT_FOUND" });
    const missing = lazy("missing", () => Promise.reject(failure));
    const { issues } = await configureStores({ a: { provider: "missing" } }, [missing]);
    expect(issues).toMatchObject([
      { problem: 'the provider "missing" cannot be loaded (ERR_MODULE_NOT_FOUND)' },
    ]);
    expect(JSON.stringify(issues)).not.toContain("hunter2");
  });

  it("refuses one that was registered under another's name, and two of one name", async () => {
    const wrong = lazy("mine", async () => provider("yours"));
    const { issues } = await configureStores({ a: { provider: "mine" } }, [wrong]);
    expect(issues).toMatchObject([{ problem: 'the provider registered as "mine" calls itself "yours"' }]);
    await expect(configureStores({}, [lazy("file"), provider("file")])).rejects.toMatchObject({
      code: "SLU1104",
      problem: expect.stringContaining('"file"'),
    });
  });
});
