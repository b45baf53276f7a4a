import type { Mode } from "@sluice/mode";

/** Writes files made of secrets, all or none (`write`). */
export function write(): Mode {
  return {
    name: "write",
    commands: [
      {
        name: "write",
        group: "On a machine",
        summary: "write files made of secrets, all or none",
        load: async () => (await import("../commands/write-command.js")).buildWriteCommand,
      },
    ],
  };
}
