import { expect, it } from "vitest";
import { listed } from "./list-parameters.js";

it.each([
  ["/app/db", "", "/app/db"],
  ["/app/db", "/app", "/app/db"],
  ["/app/db", "app", "app/db"],
  ["app-key", "app", "app-key"],
  ["/app", "app", undefined],
  ["/other", "/app", undefined],
])("lists %s under %j as %s", (Name, prefix, path) => {
  expect(listed({ Name, Version: 4 }, prefix)).toEqual(path === undefined ? [] : [{ path, version: "4" }]);
});
