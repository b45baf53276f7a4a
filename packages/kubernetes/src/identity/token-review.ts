/** What the API server says about a token. Only an authenticated one tells who holds it. */
export type TokenReview = AuthenticatedToken | RefusedToken;

/** A token that the API server knows, and whose it is. */
export interface AuthenticatedToken {
  readonly authenticated: true;
  /** `system:serviceaccount:NAMESPACE:NAME` for a service account. */
  readonly username: string;
  readonly groups: readonly string[];
  /** Of those asked for, which the token is for; at least one. */
  readonly audiences: readonly string[];
  /** Who it is, unless a user of another kind. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string; readonly uid?: string };
  /** The pod that the token is bound to and that was there when it was reviewed. */
  readonly pod?: { readonly name: string; readonly uid: string };
}

/** A token that the API server does not accept, and why. */
export interface RefusedToken {
  readonly authenticated: false;
  /**
   * - `not-authenticated`: malformed, of another cluster, expired, bound to what is gone, or for another audience;
   *   the API server does not say which.
   * - `wrong-audience`: good, but for none of the audiences asked for.
   */
  readonly reason: "not-authenticated" | "wrong-audience";
  /** For people. */
  readonly problem: string;
}
