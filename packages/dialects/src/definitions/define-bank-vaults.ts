import type { DialectDefinition } from "@sluice/core/dialect";
import { bankVaults } from "../bank-vaults/bank-vaults.js";
import {
  type BankVaultsOptions,
  type KnownServer,
  storeOfServers,
} from "../bank-vaults/bank-vaults-options.js";
import { section, SERVERS, STORE, TEXT } from "./settings-schema.js";

/** What settings say of pods written for bank-vaults; see docs/dialects/bank-vaults.md. */
interface BankVaultsSettings extends Omit<BankVaultsOptions, "storeOf"> {
  readonly servers?: readonly KnownServer[];
}

/** {@link bankVaults}, by the section `bankVaults` of settings. */
export function defineBankVaults(): DialectDefinition {
  return {
    name: "bank-vaults",
    readsObjects: true,
    sections: {
      bankVaults: section({
        servers: SERVERS,
        transit: section({ key: TEXT, path: TEXT }),
        ignoreMissing: { type: "boolean" },
        login: { type: "string", pattern: "^secret://", description: "Write secret://STORE/PATH#KEY" },
        keyVault: STORE,
        files: STORE,
        google: STORE,
      }),
    },
    create: (settings) => {
      const { servers = [], ...options } = (settings["bankVaults"] ?? {}) as BankVaultsSettings;
      return bankVaults({ ...options, storeOf: storeOfServers(servers) });
    },
  };
}
