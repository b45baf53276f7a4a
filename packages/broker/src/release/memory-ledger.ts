import { LRUCache } from "lru-cache";
import type { ReleaseTicket } from "./decide-release.js";
import type { ReleaseLedger } from "./release-ledger.js";

/**
 * A ledger in memory: the containers that asked last, some 200 bytes each.
 *
 * @param most tickets it keeps; 50,000 by default
 */
export function createMemoryLedger(most = 50_000): ReleaseLedger {
  const tickets = new LRUCache<string, ReleaseTicket>({ max: most });
  return {
    update: async (key, change) => {
      const { ticket, result } = change(tickets.get(key));
      if (ticket !== undefined) tickets.set(key, ticket);
      return result;
    },
  };
}
