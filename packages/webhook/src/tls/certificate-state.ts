import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { BACKDATED_MS, issueLeaf, issueRoot } from "./issue-certificate.js";

/** Everything about the webhook's certificates; it stands in one Secret. All PEM. */
export interface CertificateState {
  /** The root that issues now, and its key. */
  readonly root: string;
  readonly rootKey: string;
  /** Roots before it, under which a certificate may still be served. */
  readonly formerRoots: readonly string[];
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
  if (state === undefined || isEnding(state.root, now, Math.min(rootMs / 10, 30 * 86_400_000)))
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
  const root = { root: issued.cert, rootKey: issued.key };
  if (state !== undefined && isUsable(state, now))
    return { ...state, ...root, formerRoots: [state.root, ...state.formerRoots].slice(0, 3) };
  return { ...root, formerRoots: [], ...(await leafOf(root, plan, now)) };
}

async function leafOf(
  { root, rootKey }: Pick<CertificateState, "root" | "rootKey">,
  { names, addresses = [], leafMs = DEFAULT_LEAF_MS }: CertificatePlan,
  now: number,
): Promise<Pick<CertificateState, "cert" | "key">> {
  return issueLeaf({ cert: root, key: rootKey }, { names, addresses, lifetimeMs: leafMs, now });
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
  const [root, rootKey, former, cert, key] = [
    "root.crt",
    "root.key",
    "former-roots.crt",
    "tls.crt",
    "tls.key",
  ].map((name) => Buffer.from(data[name] ?? "", "base64").toString()) as [
    string,
    string,
    string,
    string,
    string,
  ];
  try {
    const formerRoots = former.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g) ?? [];
    const [issuer] = [root, cert, ...formerRoots].map((text) => new X509Certificate(text));
    if (issuer?.checkPrivateKey(createPrivateKey(rootKey)) !== true) return undefined;
    createSecureContext({ cert, key });
    return { root, rootKey, formerRoots, cert, key };
  } catch {
    return undefined;
  }
}

/** A state as a Secret's data. */
export function formatState(state: CertificateState): Record<string, string> {
  const encode = (text: string): string => Buffer.from(text).toString("base64");
  return {
    "root.crt": encode(state.root),
    "root.key": encode(state.rootKey),
    "former-roots.crt": encode(state.formerRoots.join("")),
    "ca.crt": encode(bundleOf(state)),
    "tls.crt": encode(state.cert),
    "tls.key": encode(state.key),
  };
}
