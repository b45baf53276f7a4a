import { expect, it } from "vitest";
import { within } from "./within.js";

const never = async (): Promise<never> => Promise.withResolvers<never>().promise;

it("is what the work comes to", async () => {
  const { signal } = new AbortController();
  expect(await within(signal, 1000, async () => 5)).toBe(5);
});

it("stops the work when time is over", async () => {
  const { signal } = new AbortController();
  let inner: AbortSignal | undefined;
  const work = within(signal, 20, async (signal) => {
    inner = signal;
    return never();
  });
  await expect(work).rejects.toMatchObject({ kind: "no-answer", reason: "timeout" });
  expect(inner?.aborted).toBe(true);
});

it("rejects with the signal's reason, before the work and during it", async () => {
  const reason = new Error("enough");
  await expect(within(AbortSignal.abort(reason), 1000, never)).rejects.toBe(reason);
  const controller = new AbortController();
  const during = within(controller.signal, 1000, never);
  controller.abort(reason);
  await expect(during).rejects.toBe(reason);
});
