import { randomInt } from "node:crypto";
import type { PasswordSpec } from "./family-spec.js";

/** Rules of a password. */
export type PasswordRules = Omit<PasswordSpec, "type">;

/** Letters and digits of ASCII. */
export const DEFAULT_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * A password of the rules: one character of each required set, the others from the whole alphabet, all of them in
 * an order drawn at random.
 */
export function makePassword({ length, alphabet = DEFAULT_ALPHABET, require = [] }: PasswordRules): string {
  const sets = Array.from({ length }, (_, index) => Array.from(require[index] ?? alphabet));
  const characters = sets.map((set) => set[randomInt(set.length)] ?? "");
  return shuffled(characters).join("");
}

/** Why there can be no password of these rules; nothing when there can. */
export function passwordFault({
  length,
  alphabet = DEFAULT_ALPHABET,
  require = [],
}: PasswordRules): string | undefined {
  const characters = new Set(alphabet);
  if (characters.size !== Array.from(alphabet).length) return "a character is in its alphabet twice";
  if (characters.size < 2) return "its alphabet has fewer than two characters";
  if (require.some((set) => set === "" || Array.from(set).some((each) => !characters.has(each))))
    return "a required set is empty, or has a character that is not in its alphabet";
  return require.length > length ? "it is shorter than the number of its required sets" : undefined;
}

/** Fisher and Yates's shuffle. */
function shuffled(items: readonly string[]): string[] {
  const result = Array.from(items);
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [result[last], result[other]] = [result[other] ?? "", result[last] ?? ""];
  }
  return result;
}
