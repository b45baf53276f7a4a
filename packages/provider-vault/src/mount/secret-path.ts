import { badPath } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";

/** Engines of the server itself: what they hold is its own working, such as our token. */
const RESERVED: ReadonlySet<string> = new Set(["sys", "auth"]);

/** Letters, marks, digits, punctuation, symbols and the plain space: others the server does not take. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u;

/** Why a path cannot be that of a secret: it leads elsewhere, or nowhere. `undefined` for one that can. */
export function pathFault(path: string): string | undefined {
  const parts = path.split("/");
  if (parts.includes("")) return "a part of it is empty";
  if (parts.some((part) => part === "." || part === "..")) return "it has . or .. for a part";
  if (!PRINTABLE.test(path)) return "it has a character that cannot be printed";
  return RESERVED.has(parts[0] ?? "") ? "it is the server's own" : undefined;
}

/**
 * Insists that a path can be that of a secret.
 *
 * @throws {Refusal} for one with a {@link pathFault}.
 */
export function checkPath(path: string): void {
  const fault = pathFault(path);
  if (fault !== undefined) throw new Refusal(badPath(fault));
}

/** A path as it stands in a URL. */
export function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
