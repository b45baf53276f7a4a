import { isTooDeep } from "../admission/is-too-deep.js";
import { decodedText, plainText } from "./plain-text.js";
import type { ChangePiece } from "./text-places.js";

/**
 * Changes the texts of a registry login file, `.dockerconfigjson` or the older `.dockercfg`; `undefined` for what is
 * none. `auth` is `USER:PASSWORD` in base64, and either of both may be a reference. A file in which nothing is changed
 * stays as it is written, and entries without references keep what they have.
 *
 * @throws NotTextError
 */
export function changeDockerConfig(text: string, place: string, change: ChangePiece): string | undefined {
  const file = parsed(text);
  if (file === undefined) return undefined;
  const changed = changeDeep(file, place, change);
  return changed === file ? text : JSON.stringify(changed);
}

/** How deep a file may be nested; such files are three levels deep. */
const MOST_LEVELS = 20;

function parsed(text: string): object | undefined {
  if (isTooDeep(Buffer.from(text), MOST_LEVELS)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A copy; what nothing is changed in is the same. */
function changeDeep(value: unknown, place: string, change: ChangePiece): unknown {
  if (typeof value === "string") return changeMember(value, place, change);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(
    ([key, entry]) => [key, entry as unknown, changeDeep(entry, `${place}.${key}`, change)] as const,
  );
  if (entries.every(([, before, after]) => before === after)) return value;
  return Object.fromEntries(entries.map(([key, , after]) => [key, after]));
}

function changeMember(text: string, place: string, change: ChangePiece): string {
  if (place.endsWith(".auth")) return changeAuth(text, place, change);
  const bytes = change({ place, text });
  return bytes === undefined ? text : plainText(bytes);
}

function changeAuth(written: string, place: string, change: ChangePiece): string {
  const login = decodedText(written);
  if (login === undefined) return written;
  const [user, password] = splitLogin(login);
  const changed =
    password === undefined
      ? change({ place, text: user })
      : joined(
          [user, change({ place: `${place} (user)`, text: user })],
          [password, change({ place: `${place} (password)`, text: password })],
        );
  if (changed === undefined) return written;
  // Values have colons of their own: behind one of them something may begin that was no beginning before. References
  // begin with ASCII, and what is filled in need not be text.
  const filled = Buffer.from(changed).toString("latin1");
  if (splitLogin(filled).some((part) => part !== undefined && REFERENCE.test(part)))
    throw new ReadsAsReferenceError();
  return Buffer.from(changed).toString("base64");
}

/** Either as it was or as it is now; nothing when both are as they were. */
function joined(...parts: readonly (readonly [before: string, after: Uint8Array | undefined])[]) {
  if (parts.every(([, after]) => after === undefined)) return undefined;
  const [user, password] = parts.map(([before, after]) => after ?? Buffer.from(before));
  return Buffer.concat([user ?? Buffer.of(), Buffer.from(":"), password ?? Buffer.of()]);
}

/** What was filled reads as a reference, which the text it was filled into did not. */
export class ReadsAsReferenceError extends Error {
  override readonly name = "ReadsAsReferenceError";
}

const REFERENCE = /^(?:>{0,2}(?:vault|bao):|secret:\/\/)/;
const BEFORE_REFERENCE = /:(?=>{0,2}(?:vault|bao):|secret:\/\/)/;

/**
 * References have colons of their own: what follows a first one is found by how it begins, and what is in braces is not
 * taken apart.
 */
function splitLogin(login: string): readonly [string, string?] {
  const skipped = REFERENCE.exec(login)?.[0].length ?? 0;
  // As long as they were, so that places in one are places in the other.
  const outside = login.replaceAll(/\$\{[^}]*\}/g, (braces) => "_".repeat(braces.length));
  const found = outside.slice(skipped).search(skipped > 0 ? BEFORE_REFERENCE : /:/);
  if (found === -1) return [login];
  return [login.slice(0, skipped + found), login.slice(skipped + found + 1)];
}
