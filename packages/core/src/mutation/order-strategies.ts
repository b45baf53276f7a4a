import { SluiceError } from "../errors/sluice-error.js";
import { closestName } from "../util/closest-name.js";
import type { MutationStrategy } from "./mutation-strategy.js";

/**
 * Strategies in the order in which they are applied: as they are listed, but each after those that it says to come after,
 * and those that say to come before it.
 *
 * @throws SluiceError `SLU1103` for two of one name, a name that nobody has, and an order that cannot be
 */
export function orderStrategies<Settings>(
  strategies: readonly MutationStrategy<Settings>[],
): MutationStrategy<Settings>[] {
  const names = strategies.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw wrong(`There are two strategies ${twice}`, "Leave one out, or rename it");
  const earlier = new Map(names.map((name) => [name, new Set<string>()]));
  const mustPrecede = (first: string, then: string, said: string): void => {
    const unknown = [first, then].find((name) => !earlier.has(name));
    if (unknown !== undefined) throw unknownStrategy(said, unknown, names);
    earlier.get(then)?.add(first);
  };
  for (const { name, before = [], after = [] } of strategies) {
    for (const later of before) mustPrecede(name, later, name);
    for (const first of after) mustPrecede(first, name, name);
  }
  const ordered: MutationStrategy<Settings>[] = [];
  let left = broughtForward(strategies);
  while (left.length > 0) {
    const waiting = new Set(left.map(({ name }) => name));
    // Always the first of the list that may come now: so what nobody speaks of stays where it is.
    const next = left.find(
      ({ name }) => !Array.from(earlier.get(name) ?? []).some((each) => waiting.has(each)),
    );
    if (next === undefined)
      throw wrong(
        `The strategies ${Array.from(waiting).join(", ")} are each to come before another of them`,
        "Correct what they say in before and after",
      );
    ordered.push(next);
    left = left.filter((each) => each !== next);
  }
  return ordered;
}

/** Whoever is to come before others, right before the first of them: so those stay where they are. */
function broughtForward<Settings>(
  strategies: readonly MutationStrategy<Settings>[],
): readonly MutationStrategy<Settings>[] {
  return strategies.reduceRight<readonly MutationStrategy<Settings>[]>((list, strategy) => {
    const { before = [] } = strategy;
    const from = list.indexOf(strategy);
    const to = list.findIndex(({ name }) => before.includes(name));
    return to === -1 || from <= to ? list : list.toSpliced(from, 1).toSpliced(to, 0, strategy);
  }, strategies);
}

function unknownStrategy(said: string, name: string, names: readonly string[]): SluiceError {
  const closest = closestName(name, names);
  return wrong(
    `The strategy ${said} is to come before or after ${name}, and there is no such strategy`,
    closest === undefined ? `There are ${names.join(", ")}` : `Did you mean ${closest}?`,
  );
}

function wrong(problem: string, remedy: string): SluiceError {
  return new SluiceError({ code: "SLU1103", kind: "configuration", problem, remedy });
}
