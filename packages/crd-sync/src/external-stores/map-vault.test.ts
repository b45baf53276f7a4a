import { expect, it } from "vitest";
import type { ExternalPaths } from "./external-store.js";
import { mapVault } from "./map-vault.js";

function pathsOf(path: string): ExternalPaths {
  const auth = { tokenSecretRef: { name: "creds", key: "token" } };
  return mapVault(
    { server: "https://vault.example", path, auth },
    { kind: "SecretStore", namespace: "shop", environment: {} },
  ).paths;
}

it.each([
  ["secret", "db", "secret/db"],
  ["//secret/data//", "/db/", "secret/db"],
  ["secret", "/secret/data/db", "secret/db"],
  ["", "/secret/data/db", "secret/db"],
  ["///", "secret/db", "secret/db"],
  ["secret", "///", "secret/"],
])("mount %j and key %j are %s", (mount, key, expected) => {
  expect(pathsOf(mount).pathOf(key)).toBe(expected);
});

it("takes no longer for many slashes", () => {
  const slashes = `a${"/".repeat(300_000)}a`;
  expect(pathsOf(slashes).prefixOf(slashes)).toBe(`${slashes}/${slashes}/`);
  expect(pathsOf("secret").pathOf(slashes)).toBe(`secret/${slashes}`);
});
