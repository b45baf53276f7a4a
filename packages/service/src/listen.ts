import { once } from "node:events";
import { type AddressInfo, isIPv6, type Server } from "node:net";
import { SluiceError, thrownName } from "@sluice/core";

/** Where a server listens. */
export interface ListenAddress {
  readonly host: string;
  /** 0 for one that is free. */
  readonly port: number;
}

/** Begins to listen, and says where. @throws SluiceError `SLU1103` */
export async function listen(server: Server, { host, port }: ListenAddress): Promise<string> {
  server.listen({ host, port });
  try {
    await once(server, "listening");
  } catch (thrown) {
    throw new SluiceError({
      code: "SLU1103",
      kind: "configuration",
      problem: `Nobody can listen at ${formatAddress(host, port)} (${thrownName(thrown)})`,
      remedy: "Choose another address or port",
    });
  }
  const { address, port: taken } = server.address() as AddressInfo;
  return formatAddress(address, taken);
}

function formatAddress(host: string, port: number): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
