import type { Mode } from "@sluice/mode";

/** Gives commands of this machine their secrets: `run`, `read`, `export` and `inject`. */
export function runner(): Mode {
  return {
    name: "runner",
    commands: [
      {
        name: "run",
        group: "On a machine",
        summary: "start a command with its secrets in its environment",
        load: async () => (await import("./run-command.js")).buildRunCommand,
      },
      {
        name: "read",
        group: "On a machine",
        summary: "print the value of one reference",
        load: async () => (await import("./read-command.js")).buildReadCommand,
      },
      {
        name: "export",
        group: "On a machine",
        summary: "print variables with their values, in a file format",
        load: async () => (await import("./export-command.js")).buildExportCommand,
      },
      {
        name: "inject",
        group: "On a machine",
        summary: "fill the references in a file",
        load: async () => (await import("./inject-command.js")).buildInjectCommand,
      },
    ],
  };
}
