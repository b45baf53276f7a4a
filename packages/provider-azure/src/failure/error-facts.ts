/** What may be told of an SDK's error. Its message may not: it can quote what was sent or received. */
export interface ErrorFacts {
  readonly name: string;
  readonly code?: string;
  /** The more exact code inside, such as `SecretDisabled`. */
  readonly innerCode?: string;
  readonly statusCode?: number;
  readonly retryAfter?: string;
}

/** Reads the facts off an error of whatever shape. */
export function factsOf(error: unknown): ErrorFacts {
  const inner = at(error, "details", "error", "innerError", "code");
  const headers = at(error, "response", "headers") as { get?: (name: string) => unknown } | undefined;
  const retryAfter = headers?.get?.("retry-after");
  const statusCode = at(error, "statusCode");
  const code = wordOf(at(error, "code")) ?? wordOf(at(error, "errorCode"));
  const innerCode = wordOf(inner);
  return {
    name: wordOf(at(error, "name")) ?? "Error",
    ...(code !== undefined && { code }),
    ...(innerCode !== undefined && { innerCode }),
    ...(typeof statusCode === "number" && { statusCode }),
    ...(typeof retryAfter === "string" && { retryAfter }),
  };
}

/** The error, what caused it, and what caused that, including the members of an aggregate. */
export function causesOf(error: unknown): unknown[] {
  const found = new Set<unknown>();
  const open = [error];
  for (const each of open) {
    if (typeof each !== "object" || each === null || found.has(each)) continue;
    found.add(each);
    open.push(at(each, "cause"), ...((at(each, "errors") as unknown[] | undefined) ?? []));
  }
  return Array.from(found);
}

function at(root: unknown, ...path: readonly string[]): unknown {
  let value = root;
  for (const name of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}

/** A machine's word: too short and plain to be a secret's text. */
function wordOf(value: unknown): string | undefined {
  return typeof value === "string" && /^[A-Za-z][A-Za-z_]{1,47}$/.test(value) ? value : undefined;
}
