import { expect, it } from "vitest";
import { RepairLimit } from "./repair-limit.js";

const MINUTE = 60_000;

it("five repairs are done at once, and further ones after pauses that grow up to an hour", () => {
  const limit = new RepairLimit();
  let now = 0;
  for (let at = 0; at < 5; at++) expect(limit.take("a", (now += 1_000))).toBeUndefined();
  const pauses: number[] = [];
  for (let at = 0; at < 9; at++) {
    const next = limit.take("a", now + 1) ?? now;
    pauses.push((next - now) / MINUTE);
    expect(limit.take("a", next - 1)).toBe(next);
    expect(limit.take("a", next)).toBeUndefined();
    now = next;
  }
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  expect(limit.take("b", now)).toBeUndefined();
});

it("what lies ten minutes back counts no more", () => {
  const limit = new RepairLimit();
  for (let at = 0; at < 5; at++) limit.take("a", at);
  expect(limit.take("a", 5)).toBe(4 + MINUTE);
  const later = 4 + 11 * MINUTE;
  for (let at = 0; at < 5; at++) expect(limit.take("a", later + at)).toBeUndefined();
  expect(limit.take("a", later + 5)).toBe(later + 4 + MINUTE);
});

it("an output is forgotten", () => {
  const limit = new RepairLimit();
  for (let at = 0; at < 5; at++) limit.take("a", at);
  limit.forget((output) => output === "a");
  expect(limit.take("a", 5)).toBeUndefined();
});
