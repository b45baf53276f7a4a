import { expect, it } from "vitest";
import { openStore } from "../store/cluster-store.js";
import { formatCursor, parseCursor } from "./watch-cursor.js";
import { watchScopes } from "./watch-scopes.js";

const dependencies = { store: "s", baseDirectory: "/", environment: {} };

it("watches a few paths by name, many by namespace, and what no object can be called not at all", () => {
  const store = openStore({}, dependencies);
  const many = Array.from({ length: 11 }, (_, at) => `many/s-${at}`);
  const scopes = watchScopes(store, ["few/a", "few/b", "few/a", "No Path", ...many]);
  expect(scopes.map(({ key, query, paths }) => [key, query.fieldSelector, paths.size])).toEqual([
    ["few/a", "metadata.name=a", 1],
    ["few/b", "metadata.name=b", 1],
    ["many", undefined, 11],
  ]);
  expect(scopes.every(({ query }) => query.metadataOnly)).toBe(true);
});

it("keeps positions in a cursor, and takes no other text for one", () => {
  const positions = new Map([
    ["a/b", "12"],
    ["c", "7"],
  ]);
  expect(parseCursor(formatCursor(positions))).toEqual(positions);
  const foreign = ['{"a":"x"}', '{"a":1.5}', "null", "[]", "{"].map((text) =>
    Buffer.from(text).toString("base64url"),
  );
  for (const cursor of ["", "of another process", ...foreign, undefined])
    expect(parseCursor(cursor)).toEqual(new Map());
});
