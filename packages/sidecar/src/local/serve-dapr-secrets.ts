import { createHash, timingSafeEqual } from "node:crypto";
import type { ServerResponse } from "node:http";
import {
  formatReference,
  parseFields,
  type ReferenceOutcome,
  type SecretResolver,
  SecretValue,
  SluiceError,
  StoreError,
  UnknownStoreError,
} from "@sluice/core";
import { listenLocally, type LocalRequest } from "./local-server.js";

/** How Dapr's secrets API is served. */
export interface DaprOptions {
  readonly resolver: SecretResolver;
  /** 0 for one that is free; Dapr's own is 3500. */
  readonly port: number;
  /** What a caller must show as `dapr-api-token`, where anything. */
  readonly token?: SecretValue;
}

/** What Dapr's "Metadata API" tells, of one that has nothing but secrets: clients look through the lists. */
const METADATA = {
  id: "sluice",
  runtimeVersion: "sluice",
  enabledFeatures: [],
  actors: [],
  extended: {},
  components: [],
};

/** Most secrets that one bulk request gives. */
const MOST_SECRETS = 1_000;

/**
 * Serves Dapr's secrets API on 127.0.0.1, so that programs which read secrets by Dapr's SDKs read them from any store:
 * `GET /v1.0/secrets/STORE/KEY`, `GET /v1.0/secrets/STORE/bulk`.
 *
 * Source of the rule: Dapr's reference, "Secrets API".
 *
 * @throws SluiceError where nobody can listen at the port.
 */
export async function serveDaprSecrets({
  resolver,
  port,
  token,
}: DaprOptions): Promise<AsyncDisposable & { readonly port: number }> {
  return listenLocally(
    port,
    async (request, response) => {
      if (!isAllowed(request, token))
        return fail(response, 401, "ERR_UNAUTHORIZED", "Show the token as dapr-api-token");
      const { pathname, searchParams } = new URL(request.path, "http://localhost");
      const [, version, api, ...segments] = pathname.split("/");
      if (request.method !== "GET") return fail(response, 405, "ERR_METHOD", "Secrets are read with GET");
      if (version === "v1.0" && api === "healthz") return void response.writeHead(204).end();
      if (version === "v1.0" && api === "metadata") return send(response, METADATA);
      const [store = "", ...rest] = decoded(segments);
      const key = rest.join("/");
      if (version !== "v1.0" || api !== "secrets" || store === "" || key === "")
        return fail(
          response,
          404,
          "ERR_NOT_FOUND",
          "Here are /v1.0/secrets/STORE/KEY and /v1.0/secrets/STORE/bulk",
        );
      if (key === "bulk") return bulk(resolver, store, request.signal, response);
      const wanted = searchParams.get("metadata.version_id") ?? searchParams.get("metadata.version");
      return single(
        resolver,
        { store, path: key, ...(wanted !== null && { version: wanted }) },
        request.signal,
        response,
      );
    },
    (response, status, message) =>
      fail(response, status, status === 403 ? "ERR_PERMISSION_DENIED" : "ERR_SECRET_GET", message),
  );
}

async function single(
  resolver: SecretResolver,
  reference: { readonly store: string; readonly path: string; readonly version?: string },
  signal: AbortSignal,
  response: ServerResponse,
): Promise<void> {
  const [outcome] = (await resolver.settle([formatReference(reference)], {
    signal,
  })) as readonly ReferenceOutcome[];
  if (outcome?.status === "found") return send(response, fieldsOf(reference.path, outcome.value));
  // Dapr's word for a secret that is not there.
  if (outcome?.status === "not-found") return void response.writeHead(204).end();
  tellFailure(response, outcome);
}

async function bulk(
  resolver: SecretResolver,
  store: string,
  signal: AbortSignal,
  response: ServerResponse,
): Promise<void> {
  const paths: string[] = [];
  try {
    for await (const { path } of resolver.list(store, {}, { signal })) {
      paths.push(path);
      if (paths.length > MOST_SECRETS)
        return fail(
          response,
          500,
          "ERR_SECRET_GET",
          `The store has more than ${MOST_SECRETS} secrets: read them by name`,
        );
    }
  } catch (thrown) {
    if (UnknownStoreError.isInstance(thrown))
      return fail(response, 400, "ERR_SECRET_STORE_NOT_FOUND", thrown.problem);
    if (!StoreError.isInstance(thrown)) throw thrown;
    return fail(response, thrown.kind === "denied" ? 403 : 500, codeOf(thrown.kind), thrown.problem);
  }
  const references = Object.fromEntries(paths.map((path) => [path, formatReference({ store, path })]));
  const outcomes = (await resolver.settle(references, { signal })) as Readonly<
    Record<string, ReferenceOutcome>
  >;
  const secrets: [string, Record<string, string>][] = [];
  for (const [path, outcome] of Object.entries(outcomes)) {
    if (outcome.status === "found") secrets.push([path, fieldsOf(path, outcome.value)]);
    // It went while we read; anything else would leave a part out without a word.
    else if (outcome.status !== "not-found") return tellFailure(response, outcome);
  }
  send(response, Object.fromEntries(secrets));
}

/** @throws SluiceError where a segment is not percent-encoded as URLs are. */
function decoded(segments: readonly string[]): string[] {
  try {
    return segments.map(decodeURIComponent);
  } catch {
    throw new SluiceError({
      code: "SLU1201",
      kind: "usage",
      problem: "The path cannot be decoded",
      remedy: "Percent-encode what a URL cannot hold",
    });
  }
}

/** The fields of a secret that has some, else its whole text under its own name. */
function fieldsOf(path: string, value: SecretValue): Record<string, string> {
  const fields = /^\s*\{/.test(value.textOrUndefined() ?? "") ? parseFields(value) : undefined;
  if (fields === undefined || "status" in fields)
    return { [path]: value.textOrUndefined() ?? Buffer.from(value.bytes()).toString("base64") };
  return Object.fromEntries(
    Array.from(fields).flatMap(([name, field]) =>
      SecretValue.isInstance(field) ? [[name, field.text()]] : [],
    ),
  );
}

function tellFailure(response: ServerResponse, outcome: ReferenceOutcome | undefined): void {
  const {
    status = "unavailable",
    reason = "no-outcome",
    message,
  } = (outcome ?? {}) as {
    readonly status?: string;
    readonly reason?: string;
    readonly message?: string;
  };
  if (reason === "unknown-store")
    return fail(response, 400, "ERR_SECRET_STORE_NOT_FOUND", "There is no store of this name");
  fail(response, status === "denied" ? 403 : 500, codeOf(status), message ?? `${status} (${reason})`);
}

function codeOf(status: string): string {
  return status === "denied" ? "ERR_PERMISSION_DENIED" : "ERR_SECRET_GET";
}

function send(response: ServerResponse, body: object): void {
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}

function fail(response: ServerResponse, status: number, errorCode: string, message: string): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ errorCode, message }));
}

/** In a time that tells nothing of how much of it was right. */
function isAllowed({ headers }: LocalRequest, token: SecretValue | undefined): boolean {
  if (token === undefined) return true;
  const digest = (text: Uint8Array | string): Buffer => createHash("sha256").update(text).digest();
  const shown = headers["dapr-api-token"];
  return timingSafeEqual(digest(typeof shown === "string" ? shown : ""), digest(token.bytes()));
}
