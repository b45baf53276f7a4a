import { lookup, type LookupAddress } from "node:dns";
import { BlockList, isIP, isIPv6 } from "node:net";

// An author of a pod chooses the host: not one that only this process can reach.
const BLOCKED = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["127.0.0.0", 8],
  // Link-local, where clouds have their metadata services.
  ["169.254.0.0", 16],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["168.63.129.16", 32],
] as const)
  BLOCKED.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of [
  ["::", 128],
  ["::1", 128],
  ["fe80::", 10],
  ["ff00::", 8],
  ["fd00:ec2::254", 128],
] as const)
  BLOCKED.addSubnet(network, prefix, "ipv6");

/** Whether an address is one that nobody's registry has: loopback, link-local, metadata, multicast. */
export function isBlockedAddress(address: string): boolean {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (mapped !== undefined) return isBlockedAddress(mapped);
  if (isIP(address) === 0) return true;
  return BLOCKED.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

type Answer = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/** Like `dns.lookup`, but knows no blocked address: checked after the name was resolved, so that no name leads there. */
export function guardedLookup(
  allowed: (host: string) => boolean,
): (host: string, options: { readonly all?: boolean }, answer: Answer) => void {
  return (host, options, answer) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return answer(error, []);
      const open = allowed(host) ? addresses : addresses.filter(({ address }) => !isBlockedAddress(address));
      const [first] = open;
      if (first === undefined) return answer(blocked(host), []);
      return options.all === true ? answer(null, open) : answer(null, first.address, first.family);
    });
  };
}

function blocked(host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${host} is at an address that no registry has`), {
    code: "ERR_BLOCKED_ADDRESS",
  });
}
