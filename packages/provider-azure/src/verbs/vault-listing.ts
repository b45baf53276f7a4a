import type { ObjectProperties } from "../read/object-properties.js";
import type { ObjectKind } from "../vault/parse-path.js";
import type { VaultClients } from "../vault/vault-clients.js";

/** A name with what Key Vault tells of it without its value. */
export type Listed = ObjectProperties & {
  readonly name?: string;
  readonly tags?: Readonly<Record<string, string>>;
};

interface PageSettings {
  readonly maxPageSize: number;
  readonly continuationToken?: string;
}

/** How one kind of objects is listed. */
export interface VaultListing {
  readonly kind: ObjectKind;
  /** What its paths begin with. */
  readonly root: string;
  readonly list: (
    abortSignal: AbortSignal,
    settings: PageSettings,
  ) => Promise<AsyncIterable<readonly Listed[]>>;
}

/** The listing that a prefix is in; `undefined` if no path begins so. */
export function listingOf(clients: VaultClients, prefix: string): VaultListing | undefined {
  const kind = /^(?<kind>secrets|certificates|keys)\//.exec(prefix)?.groups?.["kind"] as
    | ObjectKind
    | undefined;
  if (kind === undefined && prefix.includes("/")) return undefined;
  const root = kind === undefined ? "" : `${kind}/`;
  switch (kind) {
    case "certificates":
      return {
        kind,
        root,
        list: async (abortSignal, settings) =>
          (await clients.certificates()).listPropertiesOfCertificates({ abortSignal }).byPage(settings),
      };
    case "keys":
      return {
        kind,
        root,
        list: async (abortSignal, settings) =>
          (await clients.keys()).listPropertiesOfKeys({ abortSignal }).byPage(settings),
      };
    case "secrets":
    case undefined:
      return {
        kind: "secrets",
        root,
        list: async (abortSignal, settings) =>
          (await clients.secrets()).listPropertiesOfSecrets({ abortSignal }).byPage(settings),
      };
  }
}
