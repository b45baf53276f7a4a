import { runInNewContext } from "node:vm";
import { describe, expect, it, vi } from "vitest";
import { closestName } from "./closest-name.js";
import { pause } from "./pause.js";
import { thrownName } from "./thrown-name.js";
import { timerDelay } from "./timer-delay.js";
import { iterateUnlessAborted, unlessAborted } from "./unless-aborted.js";

describe("closestName", () => {
  it.each<[string, string[], string | undefined]>([
    ["prd", ["dev", "prod"], "prod"],
    ["PROD", ["dev", "prod"], "prod"],
    ["porduction", ["production", "prod"], "production"],
    ["pasword", ["username", "password"], "password"],
    ["x", ["production"], undefined],
    ["prod", [], undefined],
  ])("of %s among %j is %s", (name, known, closest) => {
    expect(closestName(name, known)).toBe(closest);
  });

  it("is quick among many long names", () => {
    const known = Array.from({ length: 10_000 }, (_, index) => "n".repeat(10 + (index % 4000)));
    const start = performance.now();
    closestName("a".repeat(20), known);
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe("thrownName", () => {
  it("keeps codes and classes, and nothing that could be a message", () => {
    const failing = (more: object): Error => Object.assign(new TypeError("hunter2"), more);
    expect(thrownName(failing({ code: "ECONNRESET" }))).toBe("ECONNRESET");
    expect(thrownName(failing({ code: 14 }))).toBe("TypeError");
    expect(thrownName(failing({ code: "no such user hunter2" }))).toBe("TypeError");
    expect(thrownName(failing({ code: Object.create(null) as object, name: "" }))).toBe("Error");
    expect(thrownName(new DOMException("hunter2", "TimeoutError"))).toBe("TimeoutError");
    expect([thrownName("hunter2"), thrownName(undefined), thrownName({ name: "hunter2" })]).toEqual([
      "string",
      "undefined",
      "object",
    ]);
  });

  it("knows errors of another realm, as test runners have one", () => {
    const thrownIn = (code: string): unknown =>
      runInNewContext(`try { ${code} } catch (thrown) { thrown }`) as unknown;
    const own = thrownIn("null.x");
    expect(own instanceof Error).toBe(false);
    expect(thrownName(own)).toBe("TypeError");
    expect(thrownName(thrownIn("throw Object.assign(new Error('hunter2'), { code: 'ENOENT' })"))).toBe(
      "ENOENT",
    );
    expect(thrownName(thrownIn("class Odd extends Error { name = 'OddError' } throw new Odd('x')"))).toBe(
      "OddError",
    );
    expect(thrownName(thrownIn("throw { name: 'hunter2' }"))).toBe("object");
    const theirs: unknown = Object.create({ [Symbol.toStringTag]: "DOMException", name: "TimeoutError" });
    expect(thrownName(theirs)).toBe("TimeoutError");
  });
});

describe("timerDelay", () => {
  it("never overflows a timer", () => {
    expect([timerDelay(5), timerDelay(2 ** 31), timerDelay(Infinity)]).toEqual([5, 2 ** 31 - 1, 2 ** 31 - 1]);
  });
});

describe("pause", () => {
  it("waits, and no longer than its signal lets it", async () => {
    vi.useFakeTimers();
    const controller = new AbortController();
    const over = vi.fn<(...told: unknown[]) => void>();
    const first = pause(10, controller.signal).then(over);
    await vi.advanceTimersByTimeAsync(9);
    expect(over).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await first;
    const second = pause(Infinity, controller.signal);
    controller.abort("enough");
    await expect(second).rejects.toBe("enough");
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
});

describe("unlessAborted", () => {
  it("gives the promise's result, and frees its listener", async () => {
    const { signal } = new AbortController();
    const remove = vi.spyOn(signal, "removeEventListener");
    await expect(unlessAborted(signal, Promise.resolve(1))).resolves.toBe(1);
    await expect(unlessAborted(signal, Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(remove).toHaveBeenCalledTimes(2);
  });

  it("rejects with the signal's reason, whatever the promise does then", async () => {
    const controller = new AbortController();
    const late = Promise.withResolvers<never>();
    const racing = unlessAborted(controller.signal, late.promise);
    controller.abort("reason");
    await expect(racing).rejects.toBe("reason");
    late.reject(new Error("too late to matter"));
    await expect(unlessAborted(controller.signal, new Promise(() => undefined))).rejects.toBe("reason");
  });
});

describe("iterateUnlessAborted", () => {
  it("closes the source when its consumer leaves", async () => {
    const closed = vi.fn<(...told: unknown[]) => void>();
    async function* source(): AsyncGenerator<number> {
      try {
        yield 1;
        yield 2;
      } finally {
        closed();
      }
    }
    for await (const item of iterateUnlessAborted(new AbortController().signal, source())) {
      expect(item).toBe(1);
      break;
    }
    expect(closed).toHaveBeenCalledOnce();
  });

  it("ends when the signal aborts, though the source hangs and fails to close", async () => {
    const controller = new AbortController();
    const source: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: () => Promise.reject(new Error("cannot close")),
      }),
    };
    const next = iterateUnlessAborted(controller.signal, source).next();
    controller.abort(new Error("enough"));
    await expect(next).rejects.toThrow("enough");
  });

  it("passes a failure of the source on", async () => {
    async function* source(): AsyncGenerator<number> {
      yield 1;
      throw new Error("broken");
    }
    const items = iterateUnlessAborted(new AbortController().signal, source());
    expect((await items.next()).value).toBe(1);
    await expect(items.next()).rejects.toThrow("broken");
  });
});
