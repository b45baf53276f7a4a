import { expect, it } from "vitest";
import { RecentAnswers } from "./recent-answers.js";

it("remembers the last thousand answers, and no failure", () => {
  const answers = new RecentAnswers();
  answers.remember("failed", { status: "conflict", reason: "version-changed" });
  answers.remember(undefined, { status: "created" });
  for (let n = 0; n < 1001; n++) answers.remember(`${n}`, { status: "created", version: `${n}` });
  expect(answers.get("failed")).toBeUndefined();
  expect(answers.get(undefined)).toBeUndefined();
  expect(answers.get("0")).toBeUndefined();
  expect(answers.get("1")).toEqual({ status: "created", version: "1" });
  expect(answers.get("1000")).toEqual({ status: "created", version: "1000" });
});
