import type { ObjectKind } from "../vault/parse-path.js";

const TOKEN = /^[^\s#?]+$/;

/** A page token of ours: what the address of the next page asks, without where. */
export function pageTokenOf(nextLink: string | undefined): string | undefined {
  return nextLink === undefined ? undefined : new URL(nextLink).search.slice(1);
}

/**
 * The address that a page token goes on at; `null` if it is none. Where that is comes from us: a token, which
 * passes through other hands, must not choose whom we show our credentials.
 */
export function continuationOf(vault: string, kind: ObjectKind, token: string): string | null {
  return TOKEN.test(token) && new URLSearchParams(token).has("api-version")
    ? `${vault}/${kind}?${token}`
    : null;
}
