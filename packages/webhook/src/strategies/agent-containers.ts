import type { MutationContext, MutationStrategy } from "@sluice/core/mutation";
import {
  FILES_VARIABLE,
  formatFilesPlan,
  formatPlan,
  SOURCE_VARIABLE,
  STORES_VARIABLE,
} from "@sluice/core/plan";
import type { Container, Pod } from "@sluice/core/pod";
import type { AgentPlan } from "../planning/agent-plan.js";
import { agentResources, withDefaults } from "./agent-resources.js";
import {
  AGENT_API_FOLDER,
  AGENT_API_VOLUME,
  AGENT_CONTAINER,
  AGENT_INIT_CONTAINER,
  AGENT_SOURCES_FOLDER,
  AGENT_STATE_FOLDER,
  type AgentSettings,
  SOURCE_PLAN_PREFIX,
  SOURCE_SOCKET,
} from "./agent-settings.js";
import {
  agentMounts,
  endsWithApp,
  sourceMounts,
  volumesMiB,
  withAgentVolumes,
  withFileMounts,
  withSourceMounts,
} from "./agent-volumes.js";
import { INSTALL_CONTAINER, type InjectionSettings, LAUNCHER_PATH } from "./injection-settings.js";

/** What a strategy knows of a pod's agent. */
export interface AgentContext extends MutationContext<InjectionSettings> {
  readonly agent?: AgentPlan;
}

/** Containers whose probe is the launcher, which they then need. */
export function probedAgents({ agent, settings }: AgentContext): ReadonlySet<string> {
  const isProbed = agent?.wants.runs.beside === true && settings.agent?.nativeSidecars !== false;
  return new Set(isProbed ? [AGENT_CONTAINER] : []);
}

/** Adds the agent that a pod asks for: before its containers, beside them, or both; its volumes, and mounts of files. */
export function agentContainers(): MutationStrategy<InjectionSettings> {
  return {
    name: "agent-containers",
    appliesTo: ({ agent }: AgentContext) => agent !== undefined,
    apply: (pod, { agent, settings }: AgentContext) => {
      if (agent === undefined || settings.agent === undefined) return pod;
      const { agent: how, tokenSeconds = 3600 } = settings;
      const mounted = withSourceMounts(withFileMounts(pod, agent), agent);
      const shared = withAgentVolumes(mounted, agent, how, tokenSeconds);
      return withContainers(shared, agent, how);
    },
  };
}

function withContainers(pod: Pod, agent: AgentPlan, settings: AgentSettings): Pod {
  const { wants } = agent;
  const isNative = wants.runs.beside && settings.nativeSidecars !== false;
  // One that keeps nothing fresh is beside the app for its gateway alone.
  const isSplit = isNative && wants.runs.before && !wants.keepsFresh;
  const isOrdinary = wants.runs.beside && !isNative;
  const without = (list: readonly Container[] = []): Container[] =>
    list.filter(({ name }) => name !== AGENT_CONTAINER && name !== AGENT_INIT_CONTAINER);
  const at = (list: readonly Container[] | undefined, name: string): Container | undefined =>
    list?.find((container) => container.name === name);
  const { initContainers, containers } = pod.spec;
  const before = isNative
    ? sidecarContainer(pod, agent, settings, at(initContainers, AGENT_CONTAINER))
    : initContainer(pod, agent, settings, at(initContainers, AGENT_INIT_CONTAINER));
  const others = without(initContainers);
  const added = [
    ...(isSplit ? [initContainer(pod, agent, settings, at(initContainers, AGENT_INIT_CONTAINER))] : []),
    ...(isNative || wants.runs.before ? [before] : []),
  ];
  const beside = ordinaryContainer(pod, agent, settings, at(containers, AGENT_CONTAINER));
  return {
    ...pod,
    spec: {
      ...pod.spec,
      ...(wants.shareProcessNamespace && { shareProcessNamespace: true }),
      initContainers: wants.initFirst ? firstOf(others, added) : [...others, ...added],
      containers: isOrdinary ? [...without(containers), beside] : without(containers),
    },
  };
}

/** First, but for who brings the launcher, which its probe needs. */
function firstOf(others: readonly Container[], agents: readonly Container[]): Container[] {
  const installed = others.findIndex(({ name }) => name === INSTALL_CONTAINER) + 1;
  return [...others.slice(0, installed), ...agents, ...others.slice(installed)];
}

/** Runs as long as the pod; what comes after it starts when every file is written. */
function sidecarContainer(
  pod: Pod,
  agent: AgentPlan,
  settings: AgentSettings,
  before: Container | undefined,
): Container {
  const { revoke, keepsFresh } = agent.wants;
  const base = baseContainer(AGENT_CONTAINER, pod, agent, settings, {
    keep: !revoke,
    before,
    writes: keepsFresh,
    answers: true,
  });
  return {
    ...base,
    args: ["sidecar", ...sidecarArgs(agent)],
    restartPolicy: "Always",
    env: [...(base.env ?? []), { name: SOURCE_VARIABLE, value: `file:${AGENT_STATE_FOLDER}/ready` }],
    startupProbe: {
      exec: { command: [LAUNCHER_PATH, "check"] },
      periodSeconds: 1,
      failureThreshold: 600,
      timeoutSeconds: 10,
    },
  };
}

/** Writes the files, and leaves its leases to who comes after it. */
function initContainer(
  pod: Pod,
  agent: AgentPlan,
  settings: AgentSettings,
  before: Container | undefined,
): Container {
  const base = baseContainer(AGENT_INIT_CONTAINER, pod, agent, settings, { keep: true, before });
  return { ...base, args: ["sidecar", "--once", "--state", AGENT_STATE_FOLDER] };
}

function ordinaryContainer(
  pod: Pod,
  agent: AgentPlan,
  settings: AgentSettings,
  before: Container | undefined,
): Container {
  const { revoke, keepsFresh } = agent.wants;
  const base = baseContainer(AGENT_CONTAINER, pod, agent, settings, {
    keep: !revoke,
    before,
    writes: keepsFresh,
    answers: true,
  });
  const args = ["sidecar", ...sidecarArgs(agent)];
  if (!endsWithApp(pod, agent)) return { ...base, args };
  // The kubelet puts the names in.
  return {
    ...base,
    args: [...args, "--end-with-pod", "$(POD_NAMESPACE)/$(POD_NAME)"],
    env: [
      ...(base.env ?? []),
      { name: "POD_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
      { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    ],
    volumeMounts: [
      ...(base.volumeMounts ?? []),
      { name: AGENT_API_VOLUME, mountPath: AGENT_API_FOLDER, readOnly: true },
    ],
  };
}

function sidecarArgs({ wants, sources }: AgentPlan): string[] {
  const { refreshMs, revoke, graceSeconds, gateway, store } = wants;
  return [
    "--state",
    AGENT_STATE_FOLDER,
    ...(refreshMs === undefined ? [] : ["--refresh", `${refreshMs}ms`]),
    ...(revoke ? [] : ["--no-revoke"]),
    ...(graceSeconds === undefined || graceSeconds === 0 ? [] : ["--grace", `${graceSeconds}s`]),
    ...(gateway === undefined ? [] : ["--gateway", `${store}:${gateway.port}:${gateway.token}`]),
    ...(gateway?.cache === true ? ["--gateway-cache"] : []),
    ...sources.flatMap(({ container, mode }, index) => [
      "--source",
      `env:${SOURCE_PLAN_PREFIX}${index}=${AGENT_SOURCES_FOLDER}/${container}/${SOURCE_SOCKET}:${mode}`,
    ]),
  ];
}

interface Making {
  /** Whether its login outlives it. */
  readonly keep: boolean;
  /** The one that is there already. */
  readonly before: Container | undefined;
  /** Whether it writes the pod's files; it does by default. */
  readonly writes?: boolean;
  /** Whether it answers launchers: only the one beside the app does. */
  readonly answers?: boolean;
}

/** Satisfies Pod Security `restricted` whatever the pod around it says. */
function baseContainer(
  name: string,
  pod: Pod,
  agent: AgentPlan,
  { image, imagePullPolicy, resources }: AgentSettings,
  { keep, before, writes = true, answers = false }: Making,
): Container {
  const { wants, files, uid } = agent;
  const sources = answers ? agent.sources : [];
  const gid = wants.user?.gid;
  const pulled = imagePullPolicy ?? before?.["imagePullPolicy"];
  return {
    ...filledIn(before),
    name,
    image,
    ...(pulled !== undefined && { imagePullPolicy: pulled }),
    env: [
      ...(files === undefined || !writes ? [] : [{ name: FILES_VARIABLE, value: formatFilesPlan(files) }]),
      // A tenth less memory, for a collection more now and then (bench/sidecar.mjs).
      { name: "NODE_OPTIONS", value: "--max-semi-space-size=1" },
      { name: STORES_VARIABLE, value: withoutDollar({ stores: withSessions(agent.stores, keep) }) },
      ...sources.map(({ plan }, index) => ({
        name: `${SOURCE_PLAN_PREFIX}${index}`,
        value: formatPlan(plan),
      })),
    ],
    volumeMounts: [...agentMounts(agent), ...sourceMounts({ sources })],
    resources: agentResources(
      withDefaults(wants.resources, resources),
      volumesMiB(pod, { ...agent, sources }),
    ),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      ...((uid ?? rootsUser(pod)) !== undefined && { runAsUser: uid ?? rootsUser(pod) }),
      ...(gid !== undefined && { runAsGroup: gid }),
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
}

/** Members of one that is there already that the API server has filled in. */
function filledIn(before: Container | undefined): object {
  return Object.fromEntries(
    Object.entries(before ?? {}).filter(([member]) => member.startsWith("terminationMessage")),
  );
}

/** The image's own user is not root; where the pod says root, its word would count more. */
function rootsUser({ spec }: Pod): number | undefined {
  const { runAsUser } = (spec["securityContext"] ?? {}) as { readonly runAsUser?: unknown };
  return runAsUser === 0 ? 65_532 : undefined;
}

/** Leases of Vault end with their token: it goes from the run before the app to the one beside it, and over restarts. */
function withSessions(stores: Readonly<Record<string, unknown>>, keep: boolean): object {
  return Object.fromEntries(
    Object.entries(stores).map(([name, store]) => {
      const options = store as { readonly provider?: unknown; readonly session?: object };
      if (options.provider !== "vault" || options.session !== undefined) return [name, options];
      return [name, { ...options, session: { file: `${AGENT_STATE_FOLDER}/session-${name}`, keep } }];
    }),
  );
}

/** The kubelet expands `$(NAME)` in what it reads as a variable. */
function withoutDollar(value: object): string {
  return JSON.stringify(value).replaceAll("$", String.raw`\u0024`);
}
