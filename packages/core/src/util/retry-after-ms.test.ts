import { expect, it } from "vitest";
import { retryAfterMs } from "./retry-after-ms.js";

const NOW = Date.parse("2026-01-01T00:00:00Z");

it.each([
  [undefined, undefined],
  ["3", 3000],
  [" 7 ", 7000],
  ["0", 0],
  ["Thu, 01 Jan 2026 00:00:09 GMT", 9000],
  ["Wed, 31 Dec 2025 23:59:00 GMT", 0],
  ["soon", undefined],
  ["", undefined],
  ["1e9", undefined],
  ["9".repeat(400), undefined],
])("reads %j as %j", (header, milliseconds) => {
  expect(retryAfterMs(header, NOW)).toBe(milliseconds);
});
