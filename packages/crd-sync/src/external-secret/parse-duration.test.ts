import { expect, it } from "vitest";
import { parseDuration } from "./parse-duration.js";

it.each([
  ["1h", 3_600_000],
  ["1h0m0s", 3_600_000],
  ["2h30m", 9_000_000],
  ["15s", 15_000],
  ["1.5s", 1_500],
  ["300ms", 300],
  ["0", 0],
  ["0s", 0],
  ["+1m", 60_000],
  ["2562047h47m16.854775807s", 9_223_372_036_854.775],
])("%s is %d milliseconds", (text, expected) => expect(parseDuration(text)).toBe(expected));

it.each(["", "1", "1d", "-1h", "h", "1h ", "one hour", "1h1", "+", "1h+1m", `1s${"1".repeat(64)}`])(
  "%j is no duration",
  (text) => expect(parseDuration(text)).toBeUndefined(),
);

it("takes no longer for a long text", () => {
  expect(parseDuration(`1s${"1".repeat(300_000)}`)).toBeUndefined();
});
