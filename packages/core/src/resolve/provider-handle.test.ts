import { describe, expect, it } from "vitest";
import { DisposedError } from "../errors/disposed-error.js";
import { createEventBus } from "../events/event-bus.js";
import { memoryStore } from "./memory-provider.test-support.js";
import { ProviderHandle } from "./provider-handle.js";

const dependencies = { store: "prod", baseDirectory: "/", environment: {} };

describe("ProviderHandle", () => {
  it("creates its provider at the first use, once, and closes it", async () => {
    const store = memoryStore();
    const handle = new ProviderHandle("prod", store.definition, dependencies, createEventBus());
    expect(store.created).toBe(0);
    expect(handle.provider).toBe(handle.provider);
    await handle.close();
    expect([store.created, store.closed]).toEqual([1, 1]);
  });

  it("creates none that nobody would close", async () => {
    const store = memoryStore();
    const handle = new ProviderHandle("prod", store.definition, dependencies, createEventBus());
    await handle.close();
    expect(() => handle.provider).toThrow(DisposedError);
    expect([store.created, store.closed]).toEqual([0, 0]);
  });
});
