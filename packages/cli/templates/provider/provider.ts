import {
  defineProvider,
  type Failure,
  type SecretOutcome,
  type SecretRequest,
  SecretValue,
} from "@sluice/core";

export interface HttpOptions {
  /** Where the server is: `https://secrets.example.com/team`. */
  readonly address: string;
}

/** Reads a secret with GET ADDRESS/PATH. Replace this by what your store speaks. */
export const http = defineProvider<HttpOptions>({
  id: "http",
  optionsSchema: {
    type: "object",
    additionalProperties: false,
    required: ["address"],
    properties: { address: { type: "string", format: "uri", description: "Where the server is." } },
  },
  capabilities: { batchSize: 20, fields: "extracted", versions: { exact: false, label: false } },
  location: ({ address }) => address,
  create: ({ address }) => ({
    // Answers for each request and retries nothing: the resolver does that.
    resolve: async (requests, { signal }) => Promise.all(requests.map((each) => read(address, each, signal))),
  }),
});

async function read(
  address: string,
  { id, path }: SecretRequest,
  signal: AbortSignal,
): Promise<SecretOutcome> {
  signal.throwIfAborted();
  const segments = path.split("/");
  if (!path.isWellFormed() || segments.some((segment) => ["", ".", ".."].includes(segment)))
    return { id, ...failure("invalid", "bad-path", "has a path this store cannot have", "Correct the path") };
  try {
    const response = await fetch(`${address}/${segments.map(encodeURIComponent).join("/")}`, {
      signal,
      redirect: "error",
    });
    if (!response.ok) return { id, ...failureOf(response) };
    const value = SecretValue.fromBytes(new Uint8Array(await response.arrayBuffer()));
    const version = response.headers.get("etag");
    return { id, status: "found", value, ...(version !== null && { version }) };
  } catch {
    // An abort is the caller's affair. Other errors may quote anything, so their message goes nowhere.
    signal.throwIfAborted();
    return {
      id,
      ...failure("unavailable", "no-answer", "was not answered", "Check that the server can be reached"),
    };
  }
}

/** What the server's refusal means. Only 404 is its word that there is no such secret. */
function failureOf({ status, headers }: Response): Failure {
  const reason = `http-${status}`;
  if (status === 404) return failure("not-found", reason, "is not there", "Check the path");
  if (status === 401 || status === 403)
    return failure("denied", reason, "is refused to us", "Ask for access");
  if (status === 429) {
    const retryAfterMs = Number(headers.get("retry-after") ?? 0) * 1000;
    const throttled = failure("throttled", reason, "was asked for too often", "Try again later");
    // It may be a date, too, which is no number.
    return { ...throttled, ...(retryAfterMs > 0 && { retryAfterMs }) };
  }
  if (status < 500) return failure("invalid", reason, "makes no sense to the server", "Check the path");
  return failure("unavailable", reason, "was not answered: the server failed", "Try again later");
}

function failure(status: Failure["status"], reason: string, message: string, remedy: string): Failure {
  return { status, reason, message, remedy };
}
