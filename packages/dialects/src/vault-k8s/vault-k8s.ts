import type {
  AgentGateway,
  AgentReading,
  AgentResources,
  AgentUser,
  Dialect,
  DialectProblem,
} from "@sluice/core/dialect";
import type { Pod } from "@sluice/core/pod";
import type { AgentOptions, AgentServer } from "../agent/agent-options.js";
import { agentStore } from "../agent/agent-store.js";
import { annotationProblems, annotationsUnder } from "../agent/annotation-rule.js";
import { gatewayPort } from "../agent/gateway-port.js";
import { fileSignalProblems, userOf } from "../agent/notify-problems.js";
import { agentFiles } from "./agent-files.js";
import { Said, VAULT_K8S_PREFIX } from "./said.js";
import { VAULT_K8S_ANNOTATIONS } from "./vault-k8s-annotations.js";

/**
 * HashiCorp's vault-k8s, the agent injector: the annotations `vault.hashicorp.com/…` of pods that have
 * `agent-inject`. See docs/dialects/vault-k8s.md.
 */
export function vaultK8s(options: AgentOptions = {}): Dialect {
  return {
    name: "vault-k8s",
    appliesTo: ({ metadata }) => {
      const inject = metadata?.annotations?.[`${VAULT_K8S_PREFIX}/agent-inject`];
      // What is neither true nor false is meant, and told of.
      return inject !== undefined && !/^(?:0|f|false|)$/i.test(inject);
    },
    readVariable: () => undefined,
    readAgent: (pod) => readVaultK8s(pod, options),
  };
}

/** What the pod asks an agent for. */
export function readVaultK8s(pod: Pod, options: AgentOptions = {}): AgentReading {
  const said = new Said(annotationsUnder(VAULT_K8S_PREFIX, pod.metadata?.annotations));
  said.flag("agent-inject", true);
  const files = agentFiles(said, options);
  const containers = containersOf(said, pod);
  const user = userIn(said, pod);
  const isShared = said.flag("agent-share-process-namespace", false);
  const isInitOnly = said.flag("agent-pre-populate-only", false);
  const gateway = isInitOnly ? undefined : gatewayIn(said);
  const server = serverIn(said);
  const store = agentStore(server, options);
  const refreshMs = said.duration("template-static-secret-render-interval") ?? 300_000;
  const graceSeconds = said.number("agent-revoke-grace", 3_600) ?? 5;
  const revoke = said.flag("agent-revoke-on-shutdown", false);
  const isBefore = isInitOnly || said.flag("agent-pre-populate", true);
  const initFirst = said.flag("agent-init-first", false);
  const resources = resourcesIn(said);
  const problems: DialectProblem[] = [
    ...annotationProblems(VAULT_K8S_ANNOTATIONS, VAULT_K8S_PREFIX, said.annotations),
    ...said.problems,
    ...(typeof store === "string" ? [] : [store]),
    ...fileSignalProblems(files, pod, { containers, isShared, uid: user.uid }),
  ];
  if (problems.length > 0 || typeof store !== "string") return { problems };
  // As there: without a file it logs in, and is there for its gateway.
  if (files.length === 0 && gateway === undefined) return { problems };
  return {
    problems,
    wanted: {
      store,
      files,
      runs: { before: isBefore && files.length > 0, beside: !isInitOnly },
      keepsFresh: !isInitOnly,
      initFirst,
      containers,
      ...(server.role !== undefined && { role: server.role }),
      isJob: false,
      refreshMs,
      revoke,
      graceSeconds,
      shareProcessNamespace: isShared,
      ...(gateway !== undefined && { gateway }),
      ...((user.uid ?? user.gid) !== undefined && { user }),
      ...(resources !== undefined && { resources }),
    },
  };
}

function containersOf(said: Said, { spec }: Pod): readonly string[] {
  const names = spec.containers.map(({ name }) => name);
  const written = said.text("agent-inject-containers")?.split(",");
  const unknown = (written ?? []).find((name) => !names.includes(name));
  if (unknown !== undefined)
    said.problems.push({
      problem: `Annotation ${VAULT_K8S_PREFIX}/agent-inject-containers names a container that the pod does not have`,
      remedy: `It has: ${names.slice(0, 20).join(", ")}`,
    });
  return written ?? names;
}

function userIn(said: Said, pod: Pod): AgentUser {
  const uid = said.number("agent-run-as-user", 4_294_967_294);
  const gid = said.number("agent-run-as-group", 4_294_967_294);
  const [first] = pod.spec.containers;
  const isSame = said.flag("agent-run-as-same-user", false);
  const same = isSame && first !== undefined ? userOf(first, pod) : undefined;
  if (isSame && same === undefined)
    said.problems.push({
      problem: `Annotation ${VAULT_K8S_PREFIX}/agent-run-as-same-user asks for the user of the first container, which the pod does not say`,
      remedy: "Set its securityContext.runAsUser",
    });
  const found = same ?? uid;
  if (found === 0)
    said.problems.push({
      problem: "The agent is to run as root, which no container that is added to a pod does",
      remedy: `Give ${VAULT_K8S_PREFIX}/agent-run-as-user, or the app, another number`,
    });
  return { ...(found !== undefined && { uid: found }), ...(gid !== undefined && { gid }) };
}

function gatewayIn(said: Said): AgentGateway | undefined {
  const adds = said.choice("agent-cache-use-auto-auth-token", ["true", "force", "false"], "true");
  const port = gatewayPort(
    said.text("agent-cache-listener-port"),
    `${VAULT_K8S_PREFIX}/agent-cache-listener-port`,
  );
  if (!said.flag("agent-cache-enable", false)) return undefined;
  if (typeof port === "number") return { port, token: TOKENS[adds], cache: true };
  said.problems.push(port);
  return undefined;
}

const TOKENS = { true: "absent", force: "always", false: "never" } as const;

function resourcesIn(said: Said): AgentResources | undefined {
  const of = (kind: "limits" | "requests"): Record<string, string> =>
    Object.fromEntries(
      [
        ["cpu", "cpu"] as const,
        ["mem", "memory"] as const,
        ["ephemeral", "ephemeral-storage"] as const,
      ].flatMap(([short, name]) => {
        const quantity = said.quantity(`agent-${kind}-${short}`);
        return quantity === undefined ? [] : [[name, quantity] as const];
      }),
    );
  const [limits, requests] = [of("limits"), of("requests")];
  return Object.keys({ ...limits, ...requests }).length === 0 ? undefined : { limits, requests };
}

function serverIn(said: Said): AgentServer {
  const [address, namespace, role] = [said.text("service"), said.text("namespace"), said.text("role")];
  const [authPath, authMethod] = [said.text("auth-path"), said.text("auth-type")];
  return {
    ...(address !== undefined && { address }),
    ...(namespace !== undefined && { namespace }),
    ...(role !== undefined && { role }),
    ...(authPath !== undefined && { authPath }),
    ...(authMethod !== undefined && { authMethod }),
  };
}
