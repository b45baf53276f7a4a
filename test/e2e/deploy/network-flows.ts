import type { Manifest } from "./manifests.js";

/** Who is at the other end, as far as a NetworkPolicy sees it. */
export type Peer =
  /** A pod on the cluster's network. */
  | "pod"
  /** An address that is no pod's: an API server, a store, a pod on its node's network. */
  | `${number}.${number}.${number}.${number}`;

interface Rule {
  readonly ports?: readonly { readonly port?: number | string; readonly protocol?: string }[];
  readonly from?: readonly RulePeer[];
  readonly to?: readonly RulePeer[];
}

interface RulePeer {
  readonly namespaceSelector?: object;
  readonly ipBlock?: { readonly cidr: string };
}

interface Policy extends Manifest {
  readonly spec: {
    readonly policyTypes: readonly string[];
    readonly ingress?: readonly Rule[];
    readonly egress?: readonly Rule[];
  };
}

/** A port, and which number a name of it stands for. */
export interface Port {
  readonly number: number;
  readonly name?: string;
  /** TCP by default. */
  readonly protocol?: "TCP" | "UDP";
}

/**
 * Whether a policy lets a connection come (`from`) or go (`to`), as the API's reference defines it. It knows what our
 * policies use: a selector of all namespaces, and blocks of whole bytes.
 *
 * @throws {Error} for a direction that the policy does not decide about
 */
export function allows(policy: Manifest, direction: "from" | "to", peer: Peer, port: Port): boolean {
  const { policyTypes, ingress = [], egress = [] } = (policy as Policy).spec;
  const [type, rules] =
    direction === "from" ? (["Ingress", ingress] as const) : (["Egress", egress] as const);
  if (!policyTypes.includes(type)) throw new Error(`${policy.metadata.name} lets everything ${direction}`);
  return rules.some((rule) => {
    const peers = rule[direction];
    return isPort(rule, port) && (peers === undefined || peers.some((each) => isPeer(each, peer)));
  });
}

function isPort({ ports }: Rule, { number, name, protocol = "TCP" }: Port): boolean {
  if (ports === undefined) return true;
  return ports.some((each) => {
    const fits = each.port === undefined || each.port === number || each.port === name;
    return fits && (each.protocol ?? "TCP") === protocol;
  });
}

function isPeer({ namespaceSelector, ipBlock }: RulePeer, peer: Peer): boolean {
  if (ipBlock === undefined) {
    if (JSON.stringify(namespaceSelector) !== "{}") throw new Error("A selector that is not understood");
    return peer === "pod";
  }
  const [address = "", bits = ""] = ipBlock.cidr.split("/");
  const bytes = Number(bits) / 8;
  if (!Number.isInteger(bytes)) throw new Error(`${ipBlock.cidr} is not understood`);
  const start = (text: string): string => text.split(".").slice(0, bytes).join(".");
  return peer !== "pod" && start(peer) === start(address);
}
