import type { PutOutcome } from "@sluice/core";
import { expect, it } from "vitest";
import { mapConcurrently } from "./map-concurrently.js";
import { RecentAnswers } from "./recent-answers.js";

it("writes once for a key, also at the same time", async () => {
  const answers = new RecentAnswers();
  let writes = 0;
  const write = async (): Promise<PutOutcome> => ({ status: "created", version: `${++writes}` });
  const all = await Promise.all([1, 2, 3].map(async () => answers.once("k", write)));
  expect(all.map((outcome) => Reflect.get(outcome, "version") as unknown)).toEqual(["1", "1", "1"]);
  await answers.once(undefined, write);
  await answers.once("other", write);
  expect(writes).toBe(3);
});

it("remembers no failure, nor a rejection", async () => {
  const answers = new RecentAnswers();
  const failed = async (): Promise<PutOutcome> => ({ status: "unavailable", reason: "timeout" });
  const rejected = async (): Promise<PutOutcome> => {
    throw new Error("enough");
  };
  const write = async (): Promise<PutOutcome> => ({ status: "created" });
  expect(await answers.once("k", failed)).toMatchObject({ reason: "timeout" });
  await expect(answers.once("k", rejected)).rejects.toThrow("enough");
  expect(await answers.once("k", write)).toEqual({ status: "created" });
});

it("remembers the last thousand", async () => {
  const answers = new RecentAnswers();
  let writes = 0;
  const write = async (): Promise<PutOutcome> => ({ status: "created", version: `${++writes}` });
  for (let at = 0; at <= 1000; at++) await answers.once(`${at}`, write);
  await answers.once("1000", write);
  expect(writes).toBe(1001);
  await answers.once("0", write);
  expect(writes).toBe(1002);
});

it("works on a few at once, and keeps the order", async () => {
  let [now, most] = [0, 0];
  const results = await mapConcurrently([5, 1, 4, 2, 3], 2, async (item) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, item));
    now--;
    return item * 2;
  });
  expect(results).toEqual([10, 2, 8, 4, 6]);
  expect(most).toBe(2);
});
