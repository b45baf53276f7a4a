import { expect, it } from "vitest";
import { mapBounded } from "./map-bounded.js";

it("bounds how much is under way at once, and keeps the order", async () => {
  let underWay = 0;
  let most = 0;
  const results = await mapBounded([5, 1, 3, 2, 4], 2, async (item) => {
    most = Math.max(most, ++underWay);
    await new Promise((done) => setTimeout(done, item));
    underWay--;
    return item * 10;
  });
  expect(results).toEqual([50, 10, 30, 20, 40]);
  expect(most).toBe(2);
});
