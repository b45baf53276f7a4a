import type { MutationStrategy } from "./mutation-strategy.js";
import { orderStrategies } from "./order-strategies.js";

/** A strategy that is known by its name, and loaded when a mode changes pods. */
export interface LazyStrategy {
  /** The strategy's own {@link MutationStrategy.name}. */
  readonly name: string;
  readonly load: () => Promise<MutationStrategy>;
}

/** A strategy as an injector is given it. */
export type RegisteredStrategy = MutationStrategy | LazyStrategy;

/**
 * The registered strategies, imported where they are not there yet, in the order in which they are applied.
 *
 * @throws SluiceError `SLU1103` for an order that cannot be, and what importing one throws.
 */
export async function loadStrategies(registered: readonly RegisteredStrategy[]): Promise<MutationStrategy[]> {
  const strategies = await Promise.all(
    registered.map(async (strategy) => ("load" in strategy ? strategy.load() : strategy)),
  );
  return orderStrategies(strategies);
}
