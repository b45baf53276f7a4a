import { LoginFailure } from "./login-failure.js";

type Json = Readonly<Record<string, unknown>>;

/** Largest answer that is read, in bytes: tokens are some thousands. */
const MOST_BYTES = 64 * 1024;

/**
 * A JSON object from a cloud. It is followed nowhere else.
 *
 * @throws LoginFailure named by what is wrong: `Http401`, `ECONNREFUSED`
 */
export async function askJson(
  url: string,
  request: RequestInit,
  isTrusted: (headers: Headers) => boolean = () => true,
): Promise<Json> {
  const answer = await fetch(url, { ...request, redirect: "manual" }).catch((thrown: unknown) => {
    throw new LoginFailure(codeOf(thrown));
  });
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer.body ?? []) {
    length += chunk.byteLength;
    if (length > MOST_BYTES) throw new LoginFailure("TooLargeAnswer");
    chunks.push(chunk);
  }
  if (!isTrusted(answer.headers)) throw new LoginFailure("UnknownServer");
  if (answer.status !== 200) throw new LoginFailure(`Http${answer.status}`);
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString());
    if (typeof value === "object" && value !== null) return value as Json;
  } catch {
    // Said below, without the parser's words, which quote.
  }
  throw new LoginFailure("NoJson");
}

/** @throws LoginFailure */
export function textIn(json: Json, name: string): string {
  const value = json[name];
  if (typeof value === "string" && value !== "") return value;
  throw new LoginFailure("IncompleteAnswer");
}

/** @throws LoginFailure */
export function numberIn(json: Json, name: string): number {
  const value = json[name];
  if (typeof value === "number") return value;
  throw new LoginFailure("IncompleteAnswer");
}

/** `fetch` says what went wrong in the cause of its error. */
function codeOf(thrown: unknown): string {
  const { cause } = (thrown ?? {}) as { readonly cause?: { readonly code?: unknown } };
  return typeof cause?.code === "string" ? cause.code : "NoAnswer";
}
