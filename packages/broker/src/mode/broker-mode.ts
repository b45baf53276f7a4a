import type { Mode } from "@sluice/mode";

/** Answers launchers in a cluster (`broker`). */
export function broker(): Mode {
  return {
    name: "broker",
    commands: [
      {
        name: "broker",
        group: "In a cluster",
        summary: "answer launchers in a cluster: who asks, what its pod may have, the values",
        serves: true,
        load: async () => (await import("./broker-command.js")).buildBrokerCommand,
      },
    ],
  };
}
