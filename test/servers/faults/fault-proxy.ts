import { type HttpProxy, startHttpProxy } from "./http-proxy.js";
import type { Target } from "./pass-call.js";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.js";
import type { TestCertificate } from "./test-authority.js";

/** Stands before a real server and brings about what goes wrong on the way to it, and in front of it. */
export interface FaultProxy extends AsyncDisposable {
  /** `https://127.0.0.1:45871` */
  readonly address: string;
  /** Faults of connections and bytes. */
  readonly network: TcpProxy;
  /** Faults of calls, and the calls that came. */
  readonly http: HttpProxy;
  /** Everything passes from now on, but over connections that were silenced. */
  heal(): void;
}

/** Starts one on a free port; with a certificate, it speaks TLS. */
export async function startFaultProxy(target: Target, certificate?: TestCertificate): Promise<FaultProxy> {
  const http = await startHttpProxy(target, certificate);
  const network = await startTcpProxy(http.port);
  return {
    address: `${certificate ? "https" : "http"}://127.0.0.1:${network.port}`,
    network,
    http,
    heal: () => {
      http.intercept();
      network.admit = () => "pass";
      network.latency = { toServerMs: 0, toClientMs: 0 };
      if (certificate) http.present(certificate);
    },
    [Symbol.asyncDispose]: async () => {
      await network[Symbol.asyncDispose]();
      await http[Symbol.asyncDispose]();
    },
  };
}
