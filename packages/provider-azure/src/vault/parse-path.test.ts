import { expect, it } from "vitest";
import { parsePath } from "./parse-path.js";

it.each([
  ["db-password", { kind: "secrets", name: "db-password" }],
  ["secrets/db", { kind: "secrets", name: "db" }],
  ["certificates/web", { kind: "certificates", name: "web" }],
  ["keys/signing", { kind: "keys", name: "signing" }],
  ["keys", { kind: "secrets", name: "keys" }],
])("%s is an object of the vault", (path, object) => expect(parsePath(path)).toEqual(object));

it.each(["", "a/b", "keys/a/b", "../a", "a b", "a.b", "ä", "a\n", "secrets/", "x".repeat(128)])(
  "%j is none",
  (path) => expect(parsePath(path)).toMatchObject({ status: "invalid", reason: "path-invalid" }),
);
