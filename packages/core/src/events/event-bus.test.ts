import { describe, expect, expectTypeOf, it, vi } from "vitest";
import { createEventBus } from "./event-bus.js";
import type { ListenerFailedEvent, SecretChangedEvent } from "./sluice-events.js";

const CHANGED: SecretChangedEvent = { reference: "secret://prod/db", store: "prod", kind: "changed" };

/** Lets rejections reach their handlers. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("createEventBus", () => {
  it("hands events to the listeners of their name, and to those of all", () => {
    const bus = createEventBus();
    const [named, other, any] = [
      vi.fn<(...told: unknown[]) => void>(),
      vi.fn<(...told: unknown[]) => void>(),
      vi.fn<(...told: unknown[]) => void>(),
    ];
    bus.on("secret-changed", named);
    bus.on("lease-revoked", other);
    bus.onAny(any);
    bus.emit("secret-changed", CHANGED);
    expect(named).toHaveBeenCalledExactlyOnceWith(CHANGED);
    expect(any).toHaveBeenCalledExactlyOnceWith("secret-changed", CHANGED);
    expect(other).not.toHaveBeenCalled();
  });

  it("stops when disposed, and only what was disposed", () => {
    const bus = createEventBus();
    const [first, second, any] = [
      vi.fn<(...told: unknown[]) => void>(),
      vi.fn<(...told: unknown[]) => void>(),
      vi.fn<(...told: unknown[]) => void>(),
    ];
    const subscription = bus.on("secret-changed", first);
    bus.on("secret-changed", second);
    {
      using _any = bus.onAny(any);
    }
    subscription[Symbol.dispose]();
    subscription[Symbol.dispose]();
    bus.emit("secret-changed", CHANGED);
    expect([first, second, any].map((listener) => listener.mock.calls.length)).toEqual([0, 1, 0]);
  });

  it("keeps two subscriptions of one listener apart", () => {
    const bus = createEventBus();
    const listener = vi.fn<(...told: unknown[]) => void>();
    bus.on("secret-changed", listener);
    bus.on("secret-changed", listener)[Symbol.dispose]();
    bus.emit("secret-changed", CHANGED);
    expect(listener).toHaveBeenCalledOnce();
  });

  it.each<[string, () => unknown, string]>([
    [
      "throws",
      () => {
        throw new RangeError("hunter2");
      },
      "RangeError",
    ],
    [
      "throws with a code",
      () => {
        throw Object.assign(new Error("hunter2"), { code: "EACCES" });
      },
      "EACCES",
    ],
    [
      "throws under a strange name",
      () => {
        throw Object.assign(new Error("x"), { name: "hunter2 hunter2" });
      },
      "Error",
    ],
    [
      "throws a text",
      () => {
        throw "hunter2" as unknown as Error;
      },
      "string",
    ],
    ["rejects", () => Promise.reject(new TypeError("hunter2")), "TypeError"],
  ])(
    "is not disturbed by a listener that %s, and tells without its message",
    async (_name, listener, errorName) => {
      const bus = createEventBus();
      const failures: ListenerFailedEvent[] = [];
      const after = vi.fn<(...told: unknown[]) => void>();
      bus.on("listener-failed", (event) => failures.push(event));
      bus.on("secret-changed", listener);
      bus.on("secret-changed", after);
      bus.onAny(after);
      bus.emit("secret-changed", CHANGED);
      await turn();
      expect(failures).toEqual([{ event: "secret-changed", errorName }]);
      expect(JSON.stringify(failures)).not.toContain("hunter2");
      expect(after).toHaveBeenCalledTimes(3);
    },
  );

  it("does not go round in circles when a listener of failures fails", async () => {
    const bus = createEventBus();
    const listener = vi.fn<() => never>(() => {
      throw new Error("again");
    });
    bus.on("listener-failed", listener);
    bus.on("listener-failed", () => Promise.reject(new Error("again")));
    bus.onAny(listener);
    bus.emit("secret-changed", CHANGED);
    await turn();
    expect(listener).toHaveBeenCalledTimes(3);
  });

  it("lets listeners come and go while an event is told", () => {
    const bus = createEventBus();
    const late = vi.fn<(...told: unknown[]) => void>();
    const subscription = bus.on("secret-changed", () => {
      subscription[Symbol.dispose]();
      bus.on("secret-changed", late);
    });
    bus.emit("secret-changed", CHANGED);
    expect(late).not.toHaveBeenCalled();
    bus.emit("secret-changed", CHANGED);
    expect(late).toHaveBeenCalledOnce();
  });

  it("is typed", () => {
    const bus = createEventBus();
    const heard = vi.fn<(kind: string) => void>();
    bus.on("secret-changed", (event) => {
      expectTypeOf(event).toEqualTypeOf<SecretChangedEvent>();
      heard(event.kind);
    });
    bus.emit("secret-changed", CHANGED);
    expect(heard).toHaveBeenCalledExactlyOnceWith("changed");
    // @ts-expect-error no such event
    bus.on("secret-chnaged", () => undefined);
    // @ts-expect-error not what this event carries
    bus.emit("lease-revoked", { store: "prod" });
    // @ts-expect-error not what this event carries
    bus.on("secret-changed", (event: { nothing: string }) => event);
  });
});
