import type { LazyStrategy } from "@sluice/core/mutation";

const load = async () => import("@sluice/webhook");

/** Ways to change pods of the reference distribution, in the order in which they are applied. */
export const BUILT_IN_STRATEGIES: readonly LazyStrategy[] = [
  { name: "agent-containers", load: async () => (await load()).agentContainers() },
  { name: "launcher-delivery", load: async () => (await load()).launcherDelivery() },
  { name: "files-at-start", load: async () => (await load()).filesAtStart() },
  { name: "token-volumes", load: async () => (await load()).tokenVolumes() },
  { name: "exec-wrap", load: async () => (await load()).execWrap() },
  { name: "kees-init", load: async () => (await load()).keesInit() },
  { name: "mesh-ports", load: async () => (await load()).meshPorts() },
];
