import { createEventBus, type EventBus } from "@sluice/core";
import type { PlannedNotify } from "@sluice/core/plan";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { AppNotToldEvent, AppToldEvent } from "../sidecar-events.js";
import type { NotTold } from "./notify-outcome.js";
import { Notifier, type NotifierOptions } from "./notifier.js";

const TOUCH: PlannedNotify = { do: "touch", path: "/a" };
const SLOW = { timeout: 30_000 };

let events: EventBus;
let said: string[];
const open: Notifier[] = [];
beforeEach(() => {
  events = createEventBus();
  said = [];
  events.on(
    "app-told",
    ({ files, attempt }: AppToldEvent) => void said.push(`told of ${files.join("+")} at ${attempt}`),
  );
  events.on(
    "app-not-told",
    ({ reason, isLast }: AppNotToldEvent) => void said.push(`${reason}${isLast ? ", the end" : ""}`),
  );
});
afterEach(async () => {
  for (const notifier of open.splice(0)) await notifier[Symbol.asyncDispose]();
});

function notifierOf(perform: NotifierOptions["perform"], more: Partial<NotifierOptions> = {}): Notifier {
  const options = { events, debounceMs: 20, leastPauseMs: 0, ...(perform && { perform }), ...more };
  const notifier = new Notifier(options);
  open.push(notifier);
  return notifier;
}

it("does once what several files ask for", async () => {
  const perform = vi.fn<() => Promise<undefined>>(async () => undefined);
  const notifier = notifierOf(perform);
  notifier.changed("a", [TOUCH]);
  notifier.changed("b", [TOUCH, { do: "touch", path: "/b" }]);
  await vi.waitFor(() => expect(said).toHaveLength(2), SLOW);
  expect(said).toEqual(expect.arrayContaining(["told of a+b at 1", "told of b at 1"]));
  expect(perform).toHaveBeenCalledTimes(2);
});

it("does it again for a change that comes while it is done, one after the other", async () => {
  let active = 0;
  let most = 0;
  const gate = Promise.withResolvers<undefined>();
  const notifier = notifierOf(async () => {
    active += 1;
    most = Math.max(most, active);
    await gate.promise;
    active -= 1;
    return undefined;
  });
  notifier.changed("a", [TOUCH]);
  await vi.waitFor(() => expect(active).toBe(1), SLOW);
  notifier.changed("b", [TOUCH]);
  notifier.changed("c", [TOUCH]);
  gate.resolve(undefined);
  await vi.waitFor(() => expect(said).toEqual(["told of a at 1", "told of b+c at 1"]), SLOW);
  expect(most).toBe(1);
});

it("keeps a least time between two beginnings", async () => {
  const begun: number[] = [];
  const notifier = notifierOf(
    async () => {
      begun.push(Date.now());
      return undefined;
    },
    { leastPauseMs: 500 },
  );
  notifier.changed("a", [TOUCH]);
  await vi.waitFor(() => expect(begun).toHaveLength(1), SLOW);
  notifier.changed("a", [TOUCH]);
  await vi.waitFor(() => expect(begun).toHaveLength(2), SLOW);
  expect((begun[1] ?? 0) - (begun[0] ?? 0)).toBeGreaterThanOrEqual(490);
});

it("tries again what may pass, and not what will not", async () => {
  const outcomes: (NotTold | undefined)[] = [
    { reason: "busy", isPassing: true },
    undefined,
    { reason: "no such program", isPassing: false },
  ];
  const notifier = notifierOf(async () => outcomes.shift());
  notifier.changed("a", [TOUCH]);
  await vi.waitFor(() => expect(said).toEqual(["busy", "told of a at 2"]), SLOW);
  notifier.changed("a", [TOUCH]);
  await vi.waitFor(() => expect(said).toContain("no such program, the end"), SLOW);
});

it("gives up after so many tries", async () => {
  const notifier = notifierOf(async () => ({ reason: "busy", isPassing: true }), { attempts: 2 });
  notifier.changed("a", [TOUCH]);
  await vi.waitFor(() => expect(said).toEqual(["busy", "busy, the end"]), SLOW);
});

it("ends what is under way when it is closed, and does nothing afterwards", async () => {
  const begun = Promise.withResolvers<AbortSignal>();
  const notifier = notifierOf(async (_action, signal) => {
    begun.resolve(signal);
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    return undefined;
  });
  notifier.changed("a", [TOUCH]);
  const signal = await begun.promise;
  await notifier[Symbol.asyncDispose]();
  expect(signal.aborted).toBe(true);
  notifier.changed("a", [TOUCH]);
  expect(said).toEqual([]);
});
