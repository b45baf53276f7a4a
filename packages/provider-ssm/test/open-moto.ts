import { startAws } from "../../../test/servers/aws.js";
import { startProxy, type RecordingProxy } from "./recording-proxy.js";

/** moto behind a proxy that records. */
export interface Moto {
  readonly proxy: RecordingProxy;
  /** moto itself, past the proxy. */
  readonly direct: string;
  readonly close: () => Promise<void>;
}

/** Stands for moto where tests are only collected, and skipped. */
export const NO_MOTO = {} as Moto;

/** Starts moto; without it, says why on stderr, so that what is skipped is seen. */
export async function openMoto(): Promise<Moto | undefined> {
  const server = await startAws();
  if (server.kind === "unavailable") {
    process.stderr.write(`SKIPPED, no AWS to test against: ${server.reason}\n`);
    return undefined;
  }
  const proxy = await startProxy(server.address);
  return {
    proxy,
    direct: server.address,
    close: async () => {
      await proxy.close();
      await server.stop();
    },
  };
}
