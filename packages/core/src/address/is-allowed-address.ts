import { isIP } from "node:net";
import type { AddressFault, AddressFaultReason, AddressPolicy } from "./address-policy.js";
import { isListed, isNamed } from "./listed-host.js";
import { isReachable, NetworkSet } from "./network-set.js";

/**
 * Whether an address may be connected to. Pure: where its name leads is checked by `guardedLookup` when it is
 * dialled, and where an answer leads by `redirectTarget`.
 */
export function isAllowedAddress(url: string, policy: AddressPolicy): boolean {
  return addressFault(url, policy) === undefined;
}

/** Why {@link isAllowedAddress} is `false`. */
export function addressFault(url: string, policy: AddressPolicy): AddressFault | undefined {
  const { scheme, authority } = /^(?<scheme>[a-z]+):\/\/(?<authority>[^/?#]+)/i.exec(url)?.groups ?? {};
  // What parsers take for something else, each in its own way, is not guessed at.
  if (scheme === undefined || authority === undefined || UNSAFE.test(url) || !URL.canParse(url))
    return FAULTS["not-a-url"];
  if (authority.includes("@")) return FAULTS["user-info"];
  const parsed = new URL(url);
  const { hostname, port } = parsed;
  if (!isAsWritten(authority, parsed)) return FAULTS["disguised-host"];
  if (policy.hosts !== undefined && !isListed(parsed, policy)) return FAULTS["not-listed"];
  if (!isSchemeAllowed(parsed, policy)) return FAULTS.scheme;
  if (isNamed(parsed, policy.hosts, policy.ports)) return undefined;
  if (!isPortAllowed(port, policy)) return FAULTS.port;
  return hostFault(hostname, policy);
}

/** White space, controls and backslashes, which some parsers drop and others turn round. */
const UNSAFE = /[\s\\\p{Cc}\p{Cf}]/u;

function isSchemeAllowed(url: URL, { schemes = ["https"], hosts = [], ports }: AddressPolicy): boolean {
  const sameScheme = hosts.filter((host) => host.toLowerCase().startsWith(`${url.protocol}//`));
  return (
    schemes.some((scheme) => `${scheme}:` === url.protocol) ||
    isListed(url, { hosts: sameScheme, ...(ports !== undefined && { ports }) })
  );
}

/** Whether the operator waives the verification of a server's certificate. */
export function isUnverified(url: string, { unverified }: AddressPolicy): boolean {
  return (
    unverified !== undefined &&
    URL.canParse(url) &&
    isListed(new URL(url), { hosts: unverified, ports: "any" })
  );
}

/** Other forms of an address (127.1, 0x7f000001, fullwidth digits, `a%2eb`, a dot at its end) only serve to hide it. */
function isAsWritten(authority: string, { hostname, port, protocol }: URL): boolean {
  const written = authority.toLowerCase();
  const usual = protocol === "https:" ? "443" : "80";
  return (
    !hostname.endsWith(".") &&
    hostname !== "" &&
    [hostname + (port === "" ? "" : `:${port}`), ...(port === "" ? [`${hostname}:${usual}`] : [])].includes(
      written,
    )
  );
}

function isPortAllowed(port: string, { ports }: AddressPolicy): boolean {
  if (ports === "any" || port === "") return true;
  return ports?.includes(Number(port)) === true;
}

function hostFault(hostname: string, { networks = [] }: AddressPolicy): AddressFault | undefined {
  const address = hostname.replace(/^\[(.*)\]$/, "$1");
  if (isIP(address) !== 0) return isReachable(address, new NetworkSet(networks)) ? undefined : FAULTS.network;
  if (hostname.split(".").some((label) => label.startsWith("xn--"))) return FAULTS["international-name"];
  return isLocalName(hostname) ? FAULTS["local-name"] : undefined;
}

/** Names that only a machine, a cluster or a house knows: of one word, and RFC 6761, 6762, 7686, 8375, 9476. */
function isLocalName(hostname: string): boolean {
  return (
    !hostname.includes(".") ||
    /\.(?:localhost|local|localdomain|internal|intranet|lan|home|corp|private|svc|arpa|test|invalid|example|onion|alt)$/.test(
      hostname,
    )
  );
}

const FAULTS: { readonly [Reason in Exclude<AddressFaultReason, "downgrade">]: AddressFault } = {
  "not-a-url": fault("not-a-url", "is not a URL with a host"),
  scheme: fault("scheme", "has a scheme that is not allowed"),
  "user-info": fault("user-info", "has a user name or an @ before its host"),
  "disguised-host": fault("disguised-host", "does not have its host written in the usual form"),
  "international-name": fault(
    "international-name",
    "has a host whose letters may look like others, and is not listed",
  ),
  "local-name": fault("local-name", "has a host that only a machine or a cluster knows, and is not listed"),
  network: fault("network", "is in a network that is not public"),
  port: fault("port", "has a port that is not allowed"),
  "not-listed": fault("not-listed", "is not in the list of what may be named"),
};

function fault(reason: AddressFaultReason, message: string): AddressFault {
  return { reason, message };
}
