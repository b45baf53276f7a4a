import type { Agent, IncomingMessage } from "node:http";
import type { ConnectionOptions } from "../connection/connection-options.js";
import { credentials } from "../connection/credentials.js";
import type { LoadedConfig } from "../connection/loaded-config.js";
import { loadKubeConfig } from "../connection/load-kube-config.js";
import { errorOfAnswer } from "../errors/error-of-answer.js";
import { KubernetesError } from "../errors/kubernetes-error.js";
import { type ApiAnswer, type ApiRequest, type CallOptions } from "./api-request.js";
import { DEFAULT_MAX_BYTES, DEFAULT_TIMEOUT_MS } from "./api-request.js";
import { ConnectionPool } from "./connection-pool.js";
import { openResponse } from "./open-response.js";
import { parseJson } from "./parse-json.js";
import { readBody } from "./read-body.js";
import { requestOptions } from "./request-options.js";
import { requestUrl } from "./request-url.js";
import { within } from "./within.js";

const MOST_OF_A_REFUSAL = 64 * 1024;

/**
 * Calls of one cluster's API, every one bounded: by a signal, a time, and a size. Nothing is loaded or connected
 * before the first. It sends each request once.
 */
export class KubernetesClient implements Disposable {
  readonly #options: ConnectionOptions;
  readonly #pool = new ConnectionPool();
  readonly #disposed = new AbortController();
  #loaded: Promise<LoadedConfig> | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Namespace of the kubeconfig's context, or of the pod we run in. */
  async namespace(): Promise<string | undefined> {
    return (await this.#load()).namespace;
  }

  /** Sends a request and reads its answer, JSON of at most `maxBytes`. */
  async call(request: ApiRequest, options: CallOptions): Promise<ApiAnswer> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, maxBytes = DEFAULT_MAX_BYTES } = options;
    try {
      return await within(this.#signal(options), timeoutMs, async (signal) => {
        const response = await this.#open(request, options, signal, (url) => this.#pool.agentFor(url));
        const body = parseJson(await readBody(response, maxBytes));
        const date = Date.parse(response.headers.date ?? "");
        return { status: response.statusCode ?? 0, body, ...(!Number.isNaN(date) && { date }) };
      });
    } catch (error) {
      if (!KubernetesError.isInstance(error) || error.kind === "no-answer") this.#pool.dropIdle();
      throw error;
    }
  }

  /**
   * Sends a request whose answer has no end. `timeoutMs` is that of its beginning; the signal closes it. It has a
   * connection of its own: one kept from before may have died in silence.
   */
  async stream(request: ApiRequest, options: CallOptions): Promise<IncomingMessage> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const whole = this.#signal(options);
    return within(whole, timeoutMs, async (starting) =>
      this.#open(request, options, AbortSignal.any([whole, starting]), () => false),
    );
  }

  /** Closes every connection; calls under way fail. */
  [Symbol.dispose](): void {
    this.#disposed.abort();
    this.#pool.destroy();
  }

  #signal({ signal }: CallOptions): AbortSignal {
    return AbortSignal.any([signal, this.#disposed.signal]);
  }

  async #open(
    request: ApiRequest,
    { token }: CallOptions,
    signal: AbortSignal,
    agentFor: (url: URL) => Agent | false,
  ): Promise<IncomingMessage> {
    const loaded = await this.#load();
    const sender = await credentials(loaded, await token?.());
    const url = requestUrl(loaded.server, request);
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const options = { agent: agentFor(url), ...requestOptions(request, sender, body), signal };
    const response = await openResponse(url, options, body);
    const { statusCode: status = 0, headers } = response;
    if (status >= 200 && status < 300) return response;
    const refusal = await readBody(response, MOST_OF_A_REFUSAL);
    throw errorOfAnswer({ status, retryAfter: headers["retry-after"], body: refusal }, Date.now());
  }

  async #load(): Promise<LoadedConfig> {
    this.#loaded ??= loadKubeConfig(this.#options).catch((error: unknown) => {
      // The file may be mended before the next call.
      this.#loaded = undefined;
      throw error;
    });
    return this.#loaded;
  }
}
