import { closeServer } from "./close-server.js";
import { listen, type ListenAddress } from "./listen.js";
import { createManagementServer, type ManagementOptions } from "./management-server.js";

/** A place for one of several that share a management server. */
export interface ManagementShare {
  /** HOST:PORT of the server. */
  readonly address: string;
  /** From now on the server tells what this one says, until it is disposed. */
  join(options: ManagementOptions): Disposable;
}

/** Where probes and metrics are asked for: at an address of one's own, or at one that is shared. */
export type ManagementPlace = ListenAddress | ManagementShare;

/** Probes and metrics that are served. Disposing ends that. */
export interface OpenManagement extends AsyncDisposable {
  /** HOST:PORT where they are asked for. */
  readonly address: string;
}

/** Time for what reads metrics when it is told to stop, in milliseconds. */
const DRAIN_MS = 1_000;

/**
 * Begins to serve probes and metrics.
 *
 * @throws SluiceError `SLU1103` for an address that cannot be used
 */
export async function openManagement(
  place: ManagementPlace,
  options: ManagementOptions,
): Promise<OpenManagement> {
  if ("join" in place) {
    const joined = place.join(options);
    return { address: place.address, [Symbol.asyncDispose]: async () => joined[Symbol.dispose]() };
  }
  const server = createManagementServer(options);
  const address = await listen(server, place);
  return {
    address,
    [Symbol.asyncDispose]: async () => {
      // Whoever keeps its connection open for the next scrape is not waited for.
      server.closeAllConnections();
      await closeServer(server, DRAIN_MS);
    },
  };
}
