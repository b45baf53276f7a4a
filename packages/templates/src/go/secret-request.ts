import { TemplateProblem } from "./template-problem.js";
import { goString, textOf, type GoString } from "./values/go-string.js";

/** One thing a template asks its source for. */
export interface SecretRequest {
  readonly kind: "read" | "write" | "list" | "certificate";
  readonly path: string;
  /** Sorted by name; empty for a read and a list. */
  readonly args: Readonly<Record<string, string>>;
}

/** Functions that ask, by name. */
export type SecretFunction = "secret" | "secrets" | "pkiCert";

/**
 * What a call asks for.
 *
 * @returns nothing for a call without a path, which gives nil, as in consul-template.
 * @throws {TemplateProblem} when an argument is no `key=value`.
 */
export function secretRequest(name: SecretFunction, words: readonly GoString[]): SecretRequest | undefined {
  const [first, ...rest] = words.map(textOf);
  if (first === undefined) return undefined;
  // As consul-template has it: space around the path, then slashes.
  const path = first.trim().replace(/^\/+/, "").replace(/\/+$/, "");
  if (path === "") {
    if (name === "secrets" && first === "") return undefined;
    throw new TemplateProblem(`the path given to ${name} is empty`);
  }
  const kind =
    name === "secrets" ? "list" : name === "pkiCert" ? "certificate" : rest.length > 0 ? "write" : "read";
  return { kind, path, args: argumentsOf(name, rest) };
}

function argumentsOf(name: string, words: readonly string[]): Readonly<Record<string, string>> {
  const pairs = words
    .filter((word) => word !== "")
    .map((word): [string, string] => {
      const equals = word.indexOf("=");
      if (equals < 0) throw new TemplateProblem(`an argument of ${name} is not of the form "key=value"`);
      return [word.slice(0, equals).trim(), word.slice(equals + 1).trim()];
    });
  return Object.fromEntries(pairs.sort(([a], [b]) => (goString(a) < goString(b) ? -1 : 1)));
}

/** The same for two requests that one answer serves. */
export function requestKey({ kind, path, args }: SecretRequest): string {
  return JSON.stringify([kind, path, Object.entries(args)]);
}
