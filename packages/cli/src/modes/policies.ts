import type { Mode } from "@sluice/mode";

/** What is made of manifests besides pods: the rights that they need (`policy`), and the same in our notation (`migrate`). */
export function policies(): Mode {
  return {
    name: "policies",
    commands: [
      {
        name: "policy",
        group: "On manifests",
        summary: "write the least rights under which manifests can read their secrets",
        load: async () => (await import("../commands/policy-command.js")).buildPolicyCommand,
      },
      {
        name: "migrate",
        group: "On manifests",
        summary: "rewrite manifests of other notations to secret:// references",
        load: async () => (await import("../commands/migrate-command.js")).buildMigrateCommand,
      },
    ],
  };
}
