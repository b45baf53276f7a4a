import {
  defineProvider,
  type Failure,
  type SecretOutcome,
  type SecretRequest,
  SecretValue,
} from "@sluice/core";

export interface KeyringOptions {
  /** Where Acme's keyring is: `https://keyring.acme.example`. */
  readonly address: string;
}

/** Acme's keyring: `GET ADDRESS/PATH` gives the value, and its version as an etag. */
export const keyring = defineProvider<KeyringOptions>({
  id: "acme-keyring",
  optionsSchema: {
    type: "object",
    additionalProperties: false,
    required: ["address"],
    properties: { address: { type: "string", format: "uri", description: "Where the keyring is." } },
  },
  capabilities: { batchSize: 20, fields: "extracted", versions: { exact: false, label: false } },
  location: ({ address }) => address,
  create: ({ address }) => ({
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
    return { id, ...failure("invalid", "bad-path", "is no path of the keyring", "Correct the path") };
  try {
    const url = `${address}/${segments.map(encodeURIComponent).join("/")}`;
    const response = await fetch(url, { signal, redirect: "error" });
    if (!response.ok) return { id, ...failureOf(response) };
    const value = SecretValue.fromBytes(new Uint8Array(await response.arrayBuffer()));
    const version = response.headers.get("etag");
    return { id, status: "found", value, ...(version !== null && { version }) };
  } catch {
    // What others say may quote anything, so it goes nowhere.
    signal.throwIfAborted();
    return { id, ...failure("unavailable", "no-answer", "was not answered", "Look after the keyring") };
  }
}

/** Only 404 is the keyring's word that there is no such secret. */
function failureOf({ status, headers }: Response): Failure {
  const reason = `http-${status}`;
  if (status === 404) return failure("not-found", reason, "is not there", "Put it into the keyring");
  if (status === 401 || status === 403)
    return failure("denied", reason, "is refused to us", "Ask the keyring's team for it");
  if (status === 429) {
    const throttled = failure("throttled", reason, "was asked for too often", "Try again later");
    const retryAfterMs = Number(headers.get("retry-after") ?? 0) * 1000;
    return { ...throttled, ...(retryAfterMs > 0 && { retryAfterMs }) };
  }
  if (status < 500) return failure("invalid", reason, "makes no sense to the keyring", "Correct the path");
  return failure("unavailable", reason, "was not answered", "Look after the keyring");
}

function failure(status: Failure["status"], reason: string, message: string, remedy: string): Failure {
  return { status, reason, message, remedy };
}
