import { expect, it } from "vitest";
import { mayDiffer, type Stamp } from "./stamp.js";

it.each<[boolean, Stamp, Stamp | undefined]>([
  [false, { version: "1" }, { version: "1" }],
  [false, { version: "1" }, { version: "1", etag: "read only" }],
  [false, { etag: "e" }, { version: "read only", etag: "e" }],
  [false, { version: "1", etag: "e" }, { version: "1", etag: "e" }],
  [true, { version: "2" }, { version: "1" }],
  [true, { version: "1", etag: "f" }, { version: "1", etag: "e" }],
  [true, { etag: "e" }, { version: "e" }],
  [true, {}, { version: "1" }],
  [true, {}, {}],
  [true, { version: "1" }, {}],
  [true, { version: "1" }, undefined],
])("mayDiffer is %s for what is listed as %j and was read as %j", (expected, listed, read) => {
  expect(mayDiffer(listed, read)).toBe(expected);
});
