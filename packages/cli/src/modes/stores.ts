import type { Mode } from "@sluice/mode";

/** What is done with stores themselves: `list`, `put`, `delete`, `explain`, `doctor` and `init`. */
export function stores(): Mode {
  return {
    name: "stores",
    commands: [
      {
        name: "list",
        group: "On a machine",
        summary: "name the secrets in a store, never their values",
        load: async () => (await import("../commands/list-command.js")).buildListCommand,
      },
      {
        name: "put",
        group: "On a machine",
        summary: "write a value, read from standard input, into a store",
        load: async () => (await import("../commands/put-command.js")).buildPutCommand,
      },
      {
        name: "delete",
        group: "On a machine",
        summary: "remove a secret from a store",
        load: async () => (await import("../commands/delete-command.js")).buildDeleteCommand,
      },
      {
        name: "explain",
        group: "On a machine",
        summary: "show what a command or a pod would get and from where; reads no secret",
        load: async () => (await import("../commands/explain-command.js")).buildExplainCommand,
      },
      {
        name: "doctor",
        group: "On a machine",
        summary: "check every store: reachable, authenticated, readable, clock, expiry",
        load: async () => (await import("../commands/doctor-command.js")).buildDoctorCommand,
      },
      {
        name: "init",
        group: "On a machine",
        summary: "begin: write a sluice.yaml and a first store, or a provider of your own",
        load: async () => (await import("../commands/init-command.js")).buildInitCommand,
      },
    ],
  };
}
