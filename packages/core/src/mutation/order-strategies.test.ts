import { describe, expect, it } from "vitest";
import type { MutationStrategy } from "./mutation-strategy.js";
import { orderStrategies } from "./order-strategies.js";

const named = (name: string, order: Pick<MutationStrategy, "before" | "after"> = {}): MutationStrategy => ({
  name,
  appliesTo: () => true,
  apply: (pod) => pod,
  ...order,
});

const orderOf = (...strategies: MutationStrategy[]): string =>
  orderStrategies(strategies)
    .map(({ name }) => name)
    .join(" ");

describe("orderStrategies", () => {
  it("keeps the order of the list where nobody says another", () => {
    expect(orderOf(named("c"), named("a"), named("b"))).toBe("c a b");
  });

  it("puts a strategy before and after others, and moves nothing else", () => {
    expect(orderOf(named("a"), named("b"), named("c"), named("x", { before: ["b"] }))).toBe("a x b c");
    expect(orderOf(named("x", { after: ["b"] }), named("a"), named("b"), named("c"))).toBe("a b x c");
    expect(
      orderOf(named("a"), named("b"), named("x", { before: ["y"] }), named("y", { before: ["b"] })),
    ).toBe("a x y b");
    expect(orderOf(named("a"), named("b"), named("x", { after: ["a"], before: ["b"] }))).toBe("a x b");
  });

  it.each<[string, MutationStrategy[], RegExp]>([
    [
      "a circle",
      [named("a", { after: ["b"] }), named("b", { after: ["a"] })],
      /a, b are each to come before/,
    ],
    ["itself", [named("a", { before: ["a"] })], /a are each to come before/],
    [
      "a name that nobody has",
      [named("exec-wrap"), named("a", { after: ["exec-wrp"] })],
      /exec-wrp, and there is no/,
    ],
    ["two of one name", [named("a"), named("a")], /two strategies a/],
  ])("refuses %s", (_, strategies, said) => {
    expect(() => orderStrategies(strategies)).toThrow(said);
  });
});
