import type { RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { readFile } from "node:fs/promises";
import { text as readText } from "node:stream/consumers";
import type { PlannedSource } from "@sluice/core/plan";
import { ENVIRONMENT_PATH, LIMITS } from "../limits.js";
import type { EnvironmentAnswer } from "../schema/environment-answer.js";
import type { EnvironmentRequest } from "../schema/environment-request.js";
import { parseAnswer, parseProblem } from "./parse-answer.js";
import type { SourceAddress } from "./source-address.js";
import { bounded } from "./bounded.js";

// Not imported: its ES module brings all of `fetch` with it, several megabytes.
const { request: httpRequest } = process.getBuiltinModule("node:http");

/** Whom a source is asked as, and for what. */
export interface Asking {
  readonly address: SourceAddress;
  readonly trust?: Pick<PlannedSource, "serverName" | "roots">;
  readonly token?: string;
  readonly request: EnvironmentRequest;
}

/**
 * Asks a source once.
 *
 * @throws ProblemError where the source says why not
 * @throws SluiceError `SLU5002` where it answers something else
 * @throws the connection's error, or the signal's reason
 */
export async function askSource(asking: Asking, signal?: AbortSignal): Promise<EnvironmentAnswer> {
  const { address } = asking;
  const within = AbortSignal.any([AbortSignal.timeout(LIMITS.tryMs), ...(signal ? [signal] : [])]);
  if (address.kind === "file")
    return parseAnswer(await readFile(address.path, { encoding: "utf8", signal: within }));
  const { status, body, retryAfter } = await post(asking, address, within);
  if (status !== 200) throw parseProblem(status, body, retryAfter);
  return parseAnswer(body);
}

interface Posted {
  readonly status: number;
  readonly body: string;
  readonly retryAfter: string | undefined;
}

function post(
  { trust, token, request }: Asking,
  address: Exclude<SourceAddress, { kind: "file" }>,
  signal: AbortSignal,
): Promise<Posted> {
  const body = Buffer.from(JSON.stringify(request));
  const options: RequestOptions = {
    method: "POST",
    path: ENVIRONMENT_PATH,
    agent: false,
    signal,
    headers: {
      "content-type": "application/json",
      "content-length": body.byteLength,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
  };
  return new Promise((resolve, reject) => {
    const outgoing =
      address.kind === "unix"
        ? httpRequest({ ...options, socketPath: address.path, host: "localhost" })
        : httpsRequest({
            ...options,
            host: bareHost(address.url),
            port: address.url.port || 443,
            ...tls(trust),
          });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      readText(bounded(response, LIMITS.answerBytes)).then(
        (body) =>
          resolve({ status: response.statusCode ?? 0, body, retryAfter: response.headers["retry-after"] }),
        reject,
      );
    });
    outgoing.end(body);
  });
}

/** Said outright, so that no variable of the environment can turn it off. */
function tls(trust: Asking["trust"]) {
  return {
    rejectUnauthorized: true,
    minVersion: "TLSv1.3",
    ...(trust?.serverName !== undefined && { servername: trust.serverName }),
    ...(trust?.roots !== undefined && { ca: trust.roots }),
  } as const;
}

function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}
