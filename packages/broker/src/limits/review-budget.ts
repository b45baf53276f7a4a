import { TokenBucket } from "limiter";
import { LRUCache } from "lru-cache";
import { refuse } from "../refusals.js";
import type { RateOptions } from "./namespace-rate.js";

/** Of one address: more than a node's worth of pods that restart for a token that has expired. */
export const DEFAULT_REVIEW_BUDGET: RateOptions = { perSecond: 1, burst: 100 };

/** An address that was quiet for long has its whole budget again, and needs no memory. */
const MOST_ADDRESSES = 10_000;

interface Budget {
  readonly left: TokenBucket;
  /** Reviews under way, any of which may fail. */
  reviewing: number;
}

/**
 * Keeps whoever shows bad tokens from having the API server review them without end: what an address has shown and the
 * API server has refused is counted, and once it is too much, no more of its tokens are reviewed for a while. Good
 * tokens cost nothing, so that a node full of pods may start at once.
 *
 * @see docs/spec/protocol-v1.md, 7.10
 */
export class ReviewBudget {
  readonly #budgets = new LRUCache<string, Budget>({ max: MOST_ADDRESSES });

  constructor(private readonly options: RateOptions) {}

  /** @throws ProblemError `too-many-bad-tokens` with the time to wait, before anything is asked */
  check(address: string): void {
    const budget = this.#budgets.get(address);
    if (budget === undefined) return;
    budget.left.drip();
    const { content } = budget.left;
    // Nothing was refused lately: what is under way is trusted, whatever its number.
    if (content >= this.options.burst || content - budget.reviewing >= 1) return;
    const retryAfterSeconds = Math.max(1, Math.ceil(budget.left.getWaitTime(1) / 1000));
    throw refuse("too-many-bad-tokens", "Too many tokens from this address were refused", {
      retryAfterSeconds,
    });
  }

  /**
   * Reviews a token; one that is refused costs. A review that fails does not.
   *
   * @throws ProblemError `too-many-bad-tokens`, or what the review throws
   */
  async spend<Reviewed>(
    address: string,
    review: () => Promise<Reviewed | undefined>,
  ): Promise<Reviewed | undefined> {
    this.check(address);
    const budget = this.#budgetOf(address);
    budget.reviewing += 1;
    try {
      const reviewed = await review();
      if (reviewed === undefined) {
        budget.left.drip();
        budget.left.content = Math.max(0, budget.left.content - 1);
      }
      return reviewed;
    } finally {
      budget.reviewing -= 1;
    }
  }

  #budgetOf(address: string): Budget {
    const known = this.#budgets.get(address);
    if (known !== undefined) return known;
    const { burst, perSecond } = this.options;
    const left = new TokenBucket({ bucketSize: burst, tokensPerInterval: perSecond, interval: "second" });
    left.content = burst;
    const budget = { left, reviewing: 0 };
    this.#budgets.set(address, budget);
    return budget;
  }
}
