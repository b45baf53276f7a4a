import { expect, it } from "vitest";
import { isNamespaceAllowed, type NamespaceCondition } from "./namespace-conditions.js";

const LABELS = { tier: "shop", env: "prod" };
const expression = (
  key: string,
  operator: "In" | "NotIn" | "Exists" | "DoesNotExist",
  values: string[] = [],
) => ({
  namespaceSelector: { matchExpressions: [{ key, operator, values }] },
});

it.each<[string, NamespaceCondition[], boolean]>([
  ["none", [], true],
  ["its name", [{ namespaces: ["pay", "shop-a"] }], true],
  ["another's name", [{ namespaces: ["shop"] }], false],
  ["an expression anywhere in its name", [{ namespaceRegexes: ["op-"] }], true],
  ["an expression for all of another", [{ namespaceRegexes: ["^shop$"] }], false],
  ["a label", [{ namespaceSelector: { matchLabels: { tier: "shop" } } }], true],
  ["a label it has not", [{ namespaceSelector: { matchLabels: { tier: "shop", a: "b" } } }], false],
  ["In", [expression("env", "In", ["prod"])], true],
  ["not In", [expression("env", "In", ["test"])], false],
  ["NotIn", [expression("env", "NotIn", ["test"])], true],
  ["NotIn of what it has not", [expression("a", "NotIn", ["test"])], true],
  ["Exists", [expression("env", "Exists")], true],
  ["DoesNotExist", [expression("env", "DoesNotExist")], false],
  ["Exists of what every object has", [expression("constructor", "Exists")], false],
  ["DoesNotExist of what every object has", [expression("__proto__", "DoesNotExist")], true],
  ["one of several", [{ namespaces: ["pay"] }, { namespaces: ["shop-a"] }], true],
  ["an empty one", [{}], false],
])("%s", (_, conditions, expected) =>
  expect(isNamespaceAllowed(conditions, "shop-a", LABELS)).toBe(expected),
);

it("fits no selector while its labels are not known", () => {
  expect(isNamespaceAllowed([{ namespaceSelector: {} }], "shop", undefined)).toBe(false);
  expect(isNamespaceAllowed([{ namespaceSelector: {} }], "shop", {})).toBe(true);
});
