import { expect, it } from "vitest";
import { parseDuration } from "./duration.js";

it.each([
  ["250ms", 250],
  ["30s", 30_000],
  ["5m", 300_000],
  ["1h", 3_600_000],
  ["15", 15],
  [15, 15],
  ["0", 0],
])("reads %s as %d ms", (text, expected) => expect(parseDuration(text)).toBe(expected));

it.each(["", "s", "-1s", "1.5s", "1d", "1 s", "1e3", 1.5, -1, "9999999999999999h"])("refuses %s", (text) =>
  expect(parseDuration(text)).toBeUndefined(),
);
