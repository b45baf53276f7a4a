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
  if (password === undefined) {
    const bytes = change({ place, text: user });
    return bytes === undefined ? written : Buffer.from(bytes).toString("base64");
  }
  const first = change({ place: `${place} (user)`, text: user });
  const second = change({ place: `${place} (password)`, text: password });
  if (first === undefined && second === undefined) return written;
  const parts = [first ?? Buffer.from(user), Buffer.from(":"), second ?? Buffer.from(password)];
  return Buffer.concat(parts).toString("base64");
}

const REFERENCE = /^(?:>{0,2}(?:vault|bao):|secret:\/\/)/;
const BEFORE_REFERENCE = /:(?=>{0,2}(?:vault|bao):|secret:\/\/)/;

/**
 * References have colons of their own: what follows a first one is found by how it begins. Inside a text each has its
 * braces, so that is not taken apart.
 */
function splitLogin(login: string): readonly [string, string?] {
  const skipped = REFERENCE.exec(login)?.[0].length ?? 0;
  if (skipped === 0 && login.includes("${")) return [login];
  const found = login.slice(skipped).search(skipped > 0 ? BEFORE_REFERENCE : /:/);
  if (found === -1) return [login];
  return [login.slice(0, skipped + found), login.slice(skipped + found + 1)];
}
