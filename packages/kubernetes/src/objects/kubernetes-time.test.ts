import { expect, it } from "vitest";
import { kubernetesTime } from "./kubernetes-time.js";

it("is a time without fractions of a second", () => {
  expect(kubernetesTime(Date.UTC(2026, 0, 2, 3, 4, 5, 678))).toBe("2026-01-02T03:04:05Z");
  expect(kubernetesTime(0)).toBe("1970-01-01T00:00:00Z");
});
