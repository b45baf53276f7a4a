import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { memoryStore, resolverOf } from "./memory-provider.test-support.js";
import { pass, watching, follow, DB } from "./watch-references.test-support.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a watch ends", () => {
  it("when its signal aborts", async () => {
    const { store, script } = watching({ db: "1" });
    await using secrets = resolverOf(store);
    const leaving = new AbortController();
    const { ended } = follow(secrets.watch([DB], { signal: leaving.signal }));
    await pass(0);
    leaving.abort(new Error("enough"));
    await ended;
    await pass(0);
    expect(script.started[0]?.signal.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(1);
  });

  it("before it began, if its signal has aborted", async () => {
    const store = memoryStore({ db: "1" });
    await using secrets = resolverOf(store);
    await follow(secrets.watch([DB], { signal: AbortSignal.abort() })).ended;
    expect(store.created).toBe(0);
  });

  it("when its consumer leaves", async () => {
    const { store, script } = watching({ db: ["1", "1", "2"] });
    await using secrets = resolverOf(store);
    const first = (async () => {
      for await (const { kind } of secrets.watch([DB])) return kind;
      return undefined;
    })();
    await pass(0);
    script.say({ kind: "changed", path: "db" });
    expect(await first).toBe("changed");
    await pass(0);
    expect(script.started[0]?.signal.aborted).toBe(true);
  });

  it("on return(), though a next() is pending", async () => {
    const { store, script } = watching({ db: "1" });
    await using secrets = resolverOf(store);
    const changes = secrets.watch([DB])[Symbol.asyncIterator]();
    const pending = changes.next();
    await pass(0);
    await changes.return?.();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(await changes.next()).toEqual({ done: true, value: undefined });
    await pass(0);
    expect(script.started[0]?.signal.aborted).toBe(true);
  });

  it("when the resolver is disposed", async () => {
    const { store, script } = watching({ db: "1" });
    const secrets = resolverOf(store);
    const { ended } = follow(secrets.watch([DB]));
    await pass(0);
    await secrets[Symbol.asyncDispose]();
    await ended;
    await pass(0);
    expect([script.started[0]?.signal.aborted, store.closed, vi.getTimerCount()]).toEqual([true, 1, 0]);
  });

  it("with an error for a malformed reference", async () => {
    await using secrets = resolverOf(memoryStore());
    await expect(follow(secrets.watch(["secret://prod/d b"])).ended).rejects.toThrow("not percent-encoded");
  });
});
