import { lookup as lookUp, type LookupAddress } from "node:dns";
import type { AddressPolicy } from "./address-policy.js";
import { isNamed } from "./listed-host.js";
import { isReachable, NetworkSet } from "./network-set.js";

/** What `net.connect`, `tls.connect` and agents take for `lookup`. */
export type Lookup = (
  host: string,
  options: { readonly all?: boolean; readonly family?: number | "IPv4" | "IPv6" },
  answer: (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void,
) => void;

/** Code of the error for a name that leads nowhere allowed. */
export const BLOCKED_ADDRESS = "ERR_BLOCKED_ADDRESS";

/**
 * Like `dns.lookup`, but knows only addresses that the policy allows: whatever a name stands for when the URL is
 * checked, what is dialled is what was checked here. Addresses in the URL itself are never looked up: check them with
 * `isAllowedAddress`.
 *
 * @param resolve - Looks up all addresses; `dns.lookup` by default.
 */
export function guardedLookup(policy: AddressPolicy, resolve: ResolveAll = resolveAll): Lookup {
  const networks = new NetworkSet(policy.networks ?? []);
  return (host, options, answer) => {
    resolve(host, options, (error, addresses) => {
      if (error !== null) return answer(error, []);
      const open = isKnown(host, policy)
        ? addresses
        : addresses.filter(({ address }) => isReachable(address, networks));
      const [first] = open;
      if (first === undefined) return answer(blocked(host), []);
      return options.all === true ? answer(null, open) : answer(null, first.address, first.family);
    });
  };
}

/** Looks up all addresses of a host. */
export type ResolveAll = (
  host: string,
  options: Parameters<Lookup>[1],
  answer: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const resolveAll: ResolveAll = (host, options, answer) => lookUp(host, { ...options, all: true }, answer);

function isKnown(host: string, { hosts }: AddressPolicy): boolean {
  const url = `https://${host}`;
  return URL.canParse(url) && hosts?.some((entry) => isNamed(new URL(url), [hostOf(entry)])) === true;
}

/** The port is not told to a look-up; it was checked with the URL. */
function hostOf(entry: string): string {
  return entry.replace(/^https?:\/\//i, "").replace(/:\d+\/?$/, "");
}

function blocked(host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${host} is at no address that may be connected to`), {
    code: BLOCKED_ADDRESS,
  });
}
