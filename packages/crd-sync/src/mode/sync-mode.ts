import type { Mode } from "@sluice/mode";
import type { RestartOptions } from "../restart/restart-options.js";
import type { KeyVaultSourceOptions } from "../key-vault-secret/key-vault-secret-source.js";

/** What it is to know of others; each is loaded when its option is given, and without it there is no such option. */
export interface SyncModeOptions {
  /** How AzureKeyVaultSecrets are read, for `--akv2k8s`. */
  readonly akv2k8s?: () => Promise<KeyVaultSourceOptions>;
  /** Where it is written which versions workloads were given, for `--restarts`. */
  readonly given?: () => Promise<Pick<RestartOptions, "givenLabel" | "parseGiven">>;
}

/** Keeps Secrets and ConfigMaps of a cluster equal to what stores hold (`sync`). */
export function sync(options: SyncModeOptions = {}): Mode {
  return {
    name: "sync",
    commands: [
      {
        name: "sync",
        group: "In a cluster",
        summary: "keep Secrets and ConfigMaps of a cluster equal to what stores hold, as SecretSyncs say",
        serves: true,
        load: async () => {
          const { buildSyncCommand } = await import("./sync-command.js");
          return (command, context) => buildSyncCommand(command, context, options);
        },
      },
    ],
  };
}
