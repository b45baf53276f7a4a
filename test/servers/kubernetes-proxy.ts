import { startTcpProxy, type TcpProxy } from "./faults/tcp-proxy.js";

/** A TCP proxy in front of a cluster, whose connections can fall silent without closing, as a bad network's do. */
export interface SilencingProxy extends Pick<TcpProxy, "connections" | "silence"> {
  /** `https://127.0.0.1:45871` */
  readonly address: string;
  stop(): Promise<void>;
}

/** Starts a proxy in front of `https://127.0.0.1:PORT`. */
export async function startSilencingProxy(target: string): Promise<SilencingProxy> {
  const proxy = await startTcpProxy(Number(new URL(target).port));
  return {
    address: `https://127.0.0.1:${proxy.port}`,
    connections: proxy.connections,
    silence: proxy.silence,
    stop: async () => proxy[Symbol.asyncDispose](),
  };
}
