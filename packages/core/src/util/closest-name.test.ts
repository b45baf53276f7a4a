import { expect, it } from "vitest";
import { closestName } from "./closest-name.js";

it.each([
  ["prd", "prod"],
  ["dve", "dev"],
  ["vualt", "vault"],
  ["PROD", "prod"],
])("takes %s for %s", (name, meant) => {
  expect(closestName(name, ["dev", "prod", "vault"])).toBe(meant);
});

it.each(["xyz", "d", "production"])("takes %s for none", (name) => {
  expect(closestName(name, ["dev", "prod", "vault"])).toBeUndefined();
});
