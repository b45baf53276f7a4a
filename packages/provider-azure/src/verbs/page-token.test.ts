import { expect, it } from "vitest";
import { continuationOf, pageTokenOf } from "./page-token.js";

const VAULT = "https://shop.vault.azure.net";

it("goes on where the vault says, at the vault it came from", () => {
  const next = `${VAULT}:443/secrets?api-version=7.4&$skiptoken=eyJOZXh0&maxresults=25`;
  const token = pageTokenOf(next) ?? "";
  expect(token).not.toContain("vault.azure.net");
  expect(continuationOf(VAULT, "secrets", token)).toBe(
    `${VAULT}/secrets?api-version=7.4&$skiptoken=eyJOZXh0&maxresults=25`,
  );
  expect(pageTokenOf(undefined)).toBeUndefined();
});

it.each(["", "nonsense", "api-version=7.4#fragment", "a?api-version=7.4", "api-version=7.4 x"])(
  "knows that %j is no token",
  (token) => expect(continuationOf(VAULT, "secrets", token)).toBeNull(),
);
