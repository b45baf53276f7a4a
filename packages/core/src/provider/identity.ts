/** Whom a provider acts as: itself, with the credentials of its configuration, or a workload. */
export type Identity = SelfIdentity | DelegatedIdentity;

/** The provider acts as itself, with the login of its options. */
export interface SelfIdentity {
  readonly kind: "self";
}

/** A workload on whose behalf a secret is read. Two of them share neither calls nor cached values. */
export interface DelegatedIdentity {
  readonly kind: "delegated";
  /** Equal exactly for identities that may see the same values. */
  readonly cacheKey: string;
  /** For people and audit: `system:serviceaccount:shop:web`. */
  readonly subject: string;
  /** When what proves the workload is over, in milliseconds since the epoch: nothing read for it is kept longer. */
  readonly expiresAt?: number;
  /** A token that proves the workload to `audience`; its lifetime is the caller's affair. */
  readonly getToken: (audience: string, signal: AbortSignal) => Promise<string>;
}

/** The identity of the provider itself. */
export const SELF: SelfIdentity = { kind: "self" };

/** Key under which values read for this identity are kept apart from everybody else's. */
export function identityKey(identity: Identity): string {
  return identity.kind === "self" ? "self" : `delegated:${identity.cacheKey}`;
}

/** What people call this identity. */
export function identityName(identity: Identity): string {
  return identity.kind === "self" ? "self" : identity.subject;
}
