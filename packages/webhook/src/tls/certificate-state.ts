import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { BACKDATED_MS, issueBridge, issueLeaf, issueRoot } from "./issue-certificate.js";

/** Everything about the webhook's certificates; it stands in one Secret. All PEM. */
export interface CertificateState {
  /** The root that issues now, and its key. */
  readonly root: string;
  readonly rootKey: string;
  /** Roots before it, under which a certificate may still be served. */
  readonly formerRoots: readonly string[];
  /**
   * From the newest to the oldest: each root's key, vouched for by the root before it. They are served beside a leaf, so
   * that it is trusted where nothing but an old root is known, as in a pod that was made under that one.
   */
  readonly bridges: readonly string[];
  /** The leaf, and after it the bridges. */
  readonly cert: string;
  readonly key: string;
}

export interface CertificatePlan {
  /** Names that the webhook is reached by: `sluice-webhook.sluice-system.svc`. */
  readonly names: readonly string[];
  readonly addresses?: readonly string[];
  /** How long a root holds, in milliseconds; ten years by default. */
  readonly rootMs?: number;
  /** How long a leaf holds, in milliseconds; 24 hours by default. */
  readonly leafMs?: number;
}

const DEFAULT_ROOT_MS = 3_650 * 86_400_000;
const DEFAULT_LEAF_MS = 86_400_000;

/** What is to be done next; several steps lead from a new root to a leaf under it. */
export type CertificateStep =
  | { readonly kind: "nothing" }
  /** Write this, and come back. */
  | {
      readonly kind: "write";
      readonly state: CertificateState;
      readonly what: "root" | "leaf" | "former-roots";
    };

/**
 * The next step from a state. A new root comes to be known first: `isRootTrusted` says whether every API server has
 * had the time to. Only then a leaf is issued under it, and only when no leaf of the one before can be served any
 * more, that root goes.
 */
export async function nextStep(
  state: CertificateState | undefined,
  plan: CertificatePlan,
  now: number,
  isRootTrusted: boolean,
): Promise<CertificateStep> {
  const { rootMs = DEFAULT_ROOT_MS, leafMs = DEFAULT_LEAF_MS } = plan;
  // With half of its time before it: pods carry a root as long as they live, and it cannot vouch beyond its own end.
  if (state === undefined || isEnding(state.root, now, rootMs / 2))
    return { kind: "write", what: "root", state: await withNewRoot(state, plan, now) };
  if (!isServing(state, plan, now)) {
    // Under the root that is trusted: without one nobody could be answered anyway.
    if (isRootTrusted || state.formerRoots.length === 0 || !isUsable(state, now))
      return { kind: "write", what: "leaf", state: { ...state, ...(await leafOf(state, plan, now)) } };
    return { kind: "nothing" };
  }
  // No leaf was issued under the root before since there is this one, so by then the last has ended.
  const lastEnded = Date.parse(new X509Certificate(state.root).validFrom) + BACKDATED_MS + leafMs;
  if (state.formerRoots.length > 0 && now > lastEnded)
    return { kind: "write", what: "former-roots", state: { ...state, formerRoots: [] } };
  return { kind: "nothing" };
}

/** The state with a root more; the leaf stays, so that nothing that is trusted now is taken away. */
async function withNewRoot(
  state: CertificateState | undefined,
  plan: CertificatePlan,
  now: number,
): Promise<CertificateState> {
  const issued = await issueRoot("sluice webhook", plan.rootMs ?? DEFAULT_ROOT_MS, now);
  const root = { root: issued.cert, rootKey: issued.key, bridges: await bridgesTo(issued.cert, state, now) };
  if (state !== undefined && isUsable(state, now))
    return { ...state, ...root, formerRoots: [state.root, ...state.formerRoots] };
  return { ...root, formerRoots: [], ...(await leafOf(root, plan, now)) };
}

async function bridgesTo(
  root: string,
  state: CertificateState | undefined,
  now: number,
): Promise<readonly string[]> {
  if (state === undefined || isEnding(state.root, now, 0)) return [];
  const before = { cert: state.root, key: state.rootKey };
  return [await issueBridge(root, before, now), ...state.bridges];
}

async function leafOf(
  { root, rootKey, bridges }: Pick<CertificateState, "root" | "rootKey" | "bridges">,
  { names, addresses = [], leafMs = DEFAULT_LEAF_MS }: CertificatePlan,
  now: number,
): Promise<Pick<CertificateState, "cert" | "key" | "bridges">> {
  const leaf = await issueLeaf({ cert: root, key: rootKey }, { names, addresses, lifetimeMs: leafMs, now });
  // One that has ended vouches for nothing any more, and nor do those that lead on from it.
  const ended = bridges.findIndex((bridge) => isEnding(bridge, now, 0));
  const valid = ended === -1 ? bridges : bridges.slice(0, ended);
  return { cert: [leaf.cert, ...valid].join(""), key: leaf.key, bridges: valid };
}

/** Whether the leaf is the current root's, for all names, and has more than a third of its time before it. */
function isServing(state: CertificateState, plan: CertificatePlan, now: number): boolean {
  const leaf = new X509Certificate(state.cert);
  return (
    isUsable(state, now) &&
    leaf.verify(new X509Certificate(state.root).publicKey) &&
    plan.names.every((name) => leaf.checkHost(name) !== undefined) &&
    (plan.addresses ?? []).every((address) => leaf.checkIP(address) !== undefined) &&
    !isEnding(state.cert, now, (plan.leafMs ?? DEFAULT_LEAF_MS) / 3)
  );
}

function isUsable({ cert }: CertificateState, now: number): boolean {
  return !isEnding(cert, now, 0);
}

function isEnding(cert: string, now: number, beforeMs: number): boolean {
  return Date.parse(new X509Certificate(cert).validTo) - now <= beforeMs;
}

/** The roots as `caBundle` has them: the newest first. */
export function bundleOf({ root, formerRoots }: CertificateState): string {
  return [root, ...formerRoots].join("");
}

/** A Secret's data as a state; `undefined` where it is none, so that a new one is made. */
export function parseState(data: Readonly<Record<string, string>>): CertificateState | undefined {
  const textOf = (name: string): string => Buffer.from(data[name] ?? "", "base64").toString();
  const [root, rootKey, cert, key] = ["root.crt", "root.key", "tls.crt", "tls.key"].map(textOf) as [
    string,
    string,
    string,
    string,
  ];
  try {
    const [formerRoots, bridges] = [listIn(textOf("former-roots.crt")), listIn(textOf("bridges.crt"))];
    const [issuer] = [root, cert, ...formerRoots, ...bridges].map((text) => new X509Certificate(text));
    if (issuer?.checkPrivateKey(createPrivateKey(rootKey)) !== true) return undefined;
    createSecureContext({ cert, key });
    return { root, rootKey, formerRoots, bridges, cert, key };
  } catch {
    return undefined;
  }
}

function listIn(pem: string): string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g) ?? [];
}

/** A state as a Secret's data. */
export function formatState(state: CertificateState): Record<string, string> {
  const encode = (text: string): string => Buffer.from(text).toString("base64");
  return {
    "root.crt": encode(state.root),
    "root.key": encode(state.rootKey),
    "former-roots.crt": encode(state.formerRoots.join("")),
    "bridges.crt": encode(state.bridges.join("")),
    "ca.crt": encode(bundleOf(state)),
    "tls.crt": encode(state.cert),
    "tls.key": encode(state.key),
  };
}
