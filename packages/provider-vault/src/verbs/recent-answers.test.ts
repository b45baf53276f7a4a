import type { PutOutcome } from "@sluice/core";
import { describe, expect, it, vi } from "vitest";
import { RecentAnswers } from "./recent-answers.js";

const created: PutOutcome = { status: "created", version: "1" };

describe("RecentAnswers", () => {
  it("gives the first answer to a repetition, also while it is under way", async () => {
    const answers = new RecentAnswers();
    const work = vi.fn<() => Promise<PutOutcome>>(async () => created);
    const both = [answers.once("k", work), answers.once("k", work)];
    expect(await Promise.all(both)).toEqual([created, created]);
    expect(await answers.once("k", work)).toEqual(created);
    expect(work).toHaveBeenCalledTimes(1);
  });

  it("works anew without a key, with another, and after a failure", async () => {
    const answers = new RecentAnswers();
    const work = vi.fn<() => Promise<PutOutcome>>(async () => ({ status: "unavailable", reason: "x" }));
    for (const key of [undefined, undefined, "a", "b", "b"]) await answers.once(key, work);
    expect(work).toHaveBeenCalledTimes(5);
  });

  it("does not let one caller's abort reject another", async () => {
    const answers = new RecentAnswers();
    const first = answers.once("k", async () => Promise.reject(new Error("aborted")));
    const second = answers.once("k", async () => created);
    await expect(first).rejects.toThrow("aborted");
    expect(await second).toEqual(created);
  });
});
