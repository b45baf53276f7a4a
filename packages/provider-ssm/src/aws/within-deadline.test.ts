import { expect, it } from "vitest";
import { withinDeadline } from "./within-deadline.js";

const never = async (): Promise<never> => new Promise<never>(() => {});

it("passes the work's result and error on", async () => {
  const context = { signal: new AbortController().signal, deadline: Date.now() + 1000 };
  expect(await withinDeadline(context, async () => 1)).toBe(1);
  await expect(withinDeadline(context, async () => Promise.reject(new Error("x")))).rejects.toThrow("x");
});

it("ends at the deadline, and tells the work", async () => {
  let told: AbortSignal | undefined;
  const context = { signal: new AbortController().signal, deadline: Date.now() + 20 };
  const work = withinDeadline(context, async (signal) => {
    told = signal;
    return never();
  });
  await expect(work).rejects.toMatchObject({ name: "deadline" });
  expect(told?.aborted).toBe(true);
});

it("ends with the signal's reason, before it begins or meanwhile", async () => {
  const abort = new AbortController();
  const context = { signal: abort.signal, deadline: Date.now() + 10_000 };
  const work = withinDeadline(context, never);
  abort.abort("enough");
  await expect(work).rejects.toBe("enough");
  await expect(withinDeadline(context, never)).rejects.toBe("enough");
});
