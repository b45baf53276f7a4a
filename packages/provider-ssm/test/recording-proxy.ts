import type { Call as HttpCall } from "../../../test/servers/faults/call.js";
import { startFaultProxy } from "../../../test/servers/faults/fault-proxy.js";
import { ENVIRONMENT } from "./environment.js";

/** A call that came by. */
export interface Call {
  /** `GetParameters`, or `Action=AssumeRole` of STS. */
  readonly operation: string;
  readonly body: string;
  /** `GET /PATH`. */
  readonly line: string;
  /** Key that it was signed with, and region that it was signed for. */
  readonly accessKey: string | undefined;
  readonly region: string | undefined;
}

/** What to answer instead of the server; `hang` never answers. */
export type Answer = "hang" | { status: number; headers?: Record<string, string>; body: string };

/** Stands before a server, tells what it was asked, and answers in its place when told to. */
export interface RecordingProxy {
  readonly address: string;
  readonly calls: readonly Call[];
  /** Calls that have come and whose caller still waits. */
  underWay(): number;
  /** Connections that are open. */
  connections(): number;
  intercept(answer: ((call: Call) => Answer | undefined) | undefined): void;
  count(operation: string): number;
  reset(): void;
  close(): Promise<void>;
}

/**
 * Starts one on a free port. With an account, calls signed with the credentials of tests are that account's: moto
 * tells accounts apart by a header, and by roles, which go first.
 */
export async function startProxy(address: string, account?: string): Promise<RecordingProxy> {
  const headers = ({ headers: { authorization = "" } }: HttpCall) =>
    account !== undefined && authorization.includes(ENVIRONMENT.AWS_ACCESS_KEY_ID)
      ? { "x-moto-account-id": account }
      : {};
  const { http, network, ...proxy } = await startFaultProxy({ address, headers });
  const calls = (): readonly Call[] => http.calls.map(callOf);
  return {
    address: proxy.address,
    get calls() {
      return calls();
    },
    underWay: http.underWay,
    connections: network.connections,
    intercept: (answer) => {
      http.intercept((call) => {
        const answered = answer?.(callOf(call));
        return answered === "hang" ? { kind: "silent" } : answered && { kind: "answer", ...answered };
      });
    },
    count: (operation) => calls().filter((call) => call.operation === operation).length,
    reset: () => {
      http.forget();
      http.intercept();
    },
    close: async () => proxy[Symbol.asyncDispose](),
  };
}

function callOf({ method, url, headers, body }: HttpCall): Call {
  const target = headers["x-amz-target"];
  const operation =
    typeof target === "string" ? (target.split(".").at(-1) ?? "") : (/Action=\w+/.exec(body)?.[0] ?? "");
  const [, accessKey, region] =
    /Credential=([^/]+)\/\d+\/([a-z0-9-]+)\//.exec(headers.authorization ?? "") ?? [];
  return { operation, body, line: `${method} ${url}`, accessKey, region };
}
