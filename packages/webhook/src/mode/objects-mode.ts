import type { Mode } from "@sluice/mode";
import type { OpenObjectReader } from "./run-objects.js";

/** What `sluice objects` is handed. */
export interface ObjectsModeOptions {
  /** Reads stores in the name of whoever creates an object; a broker's rules are what it is to go by. */
  readonly openReader: OpenObjectReader;
}

/** Fills references in Secrets, ConfigMaps and other objects (`objects`). */
export function objects({ openReader }: ObjectsModeOptions): Mode {
  return {
    name: "objects",
    commands: [
      {
        name: "objects",
        group: "In a cluster",
        summary: "fill references in Secrets, ConfigMaps and other objects as they are created",
        serves: true,
        load: async () => {
          const { buildObjectsCommand } = await import("./objects-command.js");
          return (command, context) => buildObjectsCommand(command, context, openReader);
        },
      },
    ],
  };
}
