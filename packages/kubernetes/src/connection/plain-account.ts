import type { RequestOptions } from "node:https";
import type { LoadedConfig } from "./loaded-config.js";

/** Who somebody is, and whom they trust, without any program that is to be asked. */
export interface PlainIdentity {
  /** PEM, as are the others. */
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly token?: string;
}

/** An account whose identity is read whenever a request is sent. */
export function plainAccount(read: () => PlainIdentity | Promise<PlainIdentity>): LoadedConfig["account"] {
  return async (acting): Promise<RequestOptions> => {
    const { ca, cert, key, token } = await read();
    const bearer = acting ?? token;
    return {
      ...(ca !== undefined && { ca }),
      ...(acting === undefined && cert !== undefined && { cert }),
      ...(acting === undefined && key !== undefined && { key }),
      ...(bearer !== undefined && { headers: { Authorization: `Bearer ${bearer}` } }),
    };
  };
}
