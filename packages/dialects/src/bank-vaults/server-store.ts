import type { DialectProblem } from "@sluice/core/dialect";
import { isStoreName } from "@sluice/core";
import type { Pod } from "@sluice/core/pod";
import {
  type BankVaultsOptions,
  type NamedServer,
  storeOfServers,
  type VaultNotation,
} from "./bank-vaults-options.js";
import { namedServer } from "./pod-annotations.js";

/** The store that a pod's server is, or why it is none. An address in a pod is never dialled. */
export function serverStore(
  pod: Pod,
  notation: VaultNotation,
  { storeOf = storeOfServers([]) }: BankVaultsOptions,
): string | DialectProblem {
  const server = namedServer(pod, notation);
  const store = storeOf(server);
  if (store === undefined) return unknownServer(server);
  if (isStoreName(store)) return store;
  return {
    problem: "The dialect's storeOf gives what is no store's name",
    remedy: "Let it give a name of lower-case letters, digits and hyphens",
  };
}

function unknownServer({ notation, address, namespace }: NamedServer): DialectProblem {
  const named = [
    ...(address === undefined ? [] : [`${notation}-addr`]),
    ...(namespace === undefined ? [] : [`${notation}-namespace`]),
  ];
  return {
    problem:
      named.length === 0
        ? `The pod names no server, and no store is meant for ${notation}: without one`
        : `Annotation ${named.join(" and ")} names a server that no store is known for`,
    remedy:
      "Let those who run Sluice map it to a store in the bank-vaults dialect's options (storeOf), or take the annotation away",
  };
}
