import type { Mode } from "@sluice/mode";

/** Keeps files of secrets fresh beside an app (`sidecar`). */
export function sidecar(): Mode {
  return {
    name: "sidecar",
    commands: [
      {
        name: "sidecar",
        group: "In a cluster",
        summary: "keep files of secrets fresh beside an app, its leases alive, and tell it of changes",
        load: async () => (await import("./sidecar-command.js")).buildSidecarCommand,
      },
    ],
  };
}
