import { expect, it } from "vitest";
import { lazily } from "./lazily.js";
import { RecentlyUsed } from "./recently-used.js";

it("makes something once, and anew after a failure", async () => {
  let tries = 0;
  const get = lazily(async () => {
    tries++;
    if (tries === 1) throw new Error("first");
    return tries;
  });
  await expect(get()).rejects.toThrow("first");
  expect(await Promise.all([get(), get()])).toEqual([2, 2]);
});

it("forgets what was unused for longest", () => {
  const kept = new RecentlyUsed<string>(2);
  const get = (key: string): string => kept.get(key, () => `made ${key}`);
  get("a");
  get("b");
  kept.get("a", () => "anew");
  get("c");
  expect(kept.get("a", () => "anew")).toBe("made a");
  expect(kept.get("b", () => "anew")).toBe("anew");
  kept.delete("a");
  expect(kept.get("a", () => "anew")).toBe("anew");
});
