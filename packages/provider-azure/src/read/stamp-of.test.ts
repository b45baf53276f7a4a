import { expect, it } from "vitest";
import { stampOf } from "./stamp-of.js";

const at = (seconds: number): Date => new Date(seconds * 1000);

it("stamps what cannot change in the second of its last change any more", () => {
  const properties = { createdOn: at(100), updatedOn: at(200) };
  expect(stampOf(properties, 201_000)).toBe("100-200");
  expect(stampOf(properties, 900_000)).toBe("100-200");
  expect(stampOf(properties, 200_000)).toBeUndefined();
  expect(stampOf(properties, 200_999)).toBeUndefined();
});

it("stamps nothing by a clock or a time that it does not know", () => {
  expect(stampOf({ createdOn: at(100), updatedOn: at(200) }, undefined)).toBeUndefined();
  expect(stampOf({ createdOn: at(100) }, 201_000)).toBeUndefined();
  expect(stampOf({ updatedOn: at(200) }, 201_000)).toBeUndefined();
});

it("tells apart what was made anew, though it was changed in the same second", () => {
  const [one, other] = [at(100), at(150)].map((createdOn) =>
    stampOf({ createdOn, updatedOn: at(200) }, 201_000),
  );
  expect(one).not.toBe(other);
});
