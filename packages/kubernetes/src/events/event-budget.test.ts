import { expect, it } from "vitest";
import { EventBudget } from "./event-budget.js";

it("allows a burst, then one now and then, of each object", () => {
  const budget = new EventBudget({ burst: 2, everyMs: 100, most: 10 });
  const take = (object: string, ...times: number[]): boolean[] =>
    times.map((now) => budget.take(object, now));
  expect(take("a", 0, 0, 0, 50, 101, 102)).toEqual([true, true, false, false, true, false]);
  expect(take("b", 102)).toEqual([true]);
  expect(take("a", 1000, 1000, 1000)).toEqual([true, true, false]);
});

it("forgets the object longest unheard of", () => {
  const budget = new EventBudget({ burst: 1, everyMs: 1e9, most: 2 });
  for (const object of ["a", "b", "a", "c"]) budget.take(object, 0);
  expect([budget.take("a", 0), budget.take("b", 0)]).toEqual([false, true]);
});
