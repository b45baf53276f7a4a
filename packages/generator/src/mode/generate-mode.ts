import type { Mode } from "@sluice/mode";
import type { GenerateSettings } from "@sluice/config";
import type { ReadPod } from "../wanted/wanted.js";

/** What `sluice generate` can do besides `GeneratedSecret`s. */
export interface GenerateModeOptions {
  /**
   * Makes what reads from pods what they ask for, by the settings; their store is the only one there is where they name
   * none. Without it only `GeneratedSecret`s are done.
   */
  readonly podReader?: (settings: GenerateSettings) => Promise<ReadPod>;
}

/** Creates the secrets that pods and `GeneratedSecret`s ask for (`generate`). */
export function generate(options: GenerateModeOptions = {}): Mode {
  return {
    name: "generate",
    commands: [
      {
        name: "generate",
        group: "In a cluster",
        summary: "create the secrets that pods and GeneratedSecrets ask for, each once",
        serves: true,
        load: async () => {
          const { buildGenerateCommand } = await import("./generate-command.js");
          return (command, context) => buildGenerateCommand(command, context, options);
        },
      },
    ],
  };
}
