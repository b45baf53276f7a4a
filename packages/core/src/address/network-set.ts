import { BlockList, isIP } from "node:net";

/** Networks that organisations give their own machines: RFC 1918, RFC 6598, RFC 4193. */
export const PRIVATE_NETWORKS: readonly string[] = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "fc00::/7",
];

/** What clouds tell a machine about itself, its credentials too; nobody else is there. */
const METADATA = [
  "169.254.169.254",
  "169.254.169.253",
  "169.254.170.2",
  "169.254.170.23",
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
  "fd00:ec2::23",
  "fd00:ec2::254",
  "fd20:ce::254",
];

/** Of the IPv4 registry of special-purpose addresses (IANA, RFC 6890), what is not on the public Internet. */
const SPECIAL_IPV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "168.63.129.16",
];

/** Everything public is in here, but for what stands for other addresses or for examples: tunnels, documentation. */
const GLOBAL_IPV6 = ["2000::/3"];
const SPECIAL_IPV6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

/** Some addresses, to ask whether another is among them. */
export class NetworkSet {
  readonly #list = new BlockList();
  readonly #single = new Set<string>();

  /** @throws TypeError for what is neither an address nor `ADDRESS/PREFIX`. */
  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [address = "", prefix] = network.split("/");
      const family = isIP(address) === 6 ? "ipv6" : "ipv4";
      if (isIP(address) === 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix)))
        throw new TypeError(`${JSON.stringify(network)} is no network: write ADDRESS or ADDRESS/PREFIX`);
      if (prefix === undefined) {
        this.#list.addAddress(address, family);
        this.#single.add(plainAddress(address) ?? address);
      } else this.#list.addSubnet(address, Number(prefix), family);
    }
  }

  has(address: string): boolean {
    return this.#list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
  }

  /** Whether it was named on its own, not with a network around it. */
  names(address: string): boolean {
    return this.#single.has(address);
  }
}

const metadata = new NetworkSet(METADATA);
const special = new NetworkSet([...SPECIAL_IPV4, ...SPECIAL_IPV6]);
const global = new NetworkSet(GLOBAL_IPV6);

/**
 * Whether an address is public, or in one of the networks. A metadata service must be named on its own.
 *
 * @param address - As the resolver gives it. An IPv4 address within an IPv6 one counts as that.
 */
export function isReachable(address: string, networks: NetworkSet): boolean {
  const plain = plainAddress(address);
  if (plain === undefined) return false;
  if (metadata.has(plain)) return networks.names(plain);
  if (networks.has(plain)) return true;
  return !special.has(plain) && (isIP(plain) === 4 || global.has(plain));
}

/** An address in its canonical form; `undefined` for what is none, or belongs to one link of the machine. */
function plainAddress(address: string): string | undefined {
  if (isIP(address) === 4) return address;
  if (isIP(address) === 0 || address.includes("%")) return undefined;
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical) ?? [];
  if (high === undefined || low === undefined) return canonical;
  const [upper, lower] = [parseInt(high, 16), parseInt(low, 16)];
  return [upper >> 8, upper & 255, lower >> 8, lower & 255].join(".");
}
