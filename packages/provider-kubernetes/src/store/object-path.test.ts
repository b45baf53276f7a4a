import { expect, it } from "vitest";
import { formatPath, parsePath } from "./object-path.js";

const ALL = { kind: "Secret" } as const;
const ONE = { ...ALL, namespace: "shop" };

it("names an object of the store's namespace, or of any", () => {
  expect(parsePath(ONE, "db.web")).toEqual({ namespace: "shop", name: "db.web" });
  expect(parsePath(ALL, "shop/db")).toEqual({ namespace: "shop", name: "db" });
});

it("is written as it is read", () => {
  const place = { namespace: "shop", name: "db" };
  for (const store of [ALL, ONE]) expect(parsePath(store, formatPath(store, place))).toEqual(place);
});

it.each(["", "/", "a/b", "..", "A", "a_b", "ü", "a..b", "-a", "a%2fb", "x".repeat(254), "a\n"])(
  "in a namespace refuses %j",
  (path) => {
    expect(parsePath(ONE, path)).toMatchObject({ status: "invalid", reason: "path" });
  },
);

it.each(["a", "a/", "/a", "a/b/c", "../a", "a.b/c", `${"x".repeat(64)}/a`])("in all refuses %j", (path) => {
  expect(parsePath(ALL, path)).toMatchObject({ status: "invalid", reason: "path" });
});
