import type { AgentReading, ContainerAddition, Dialect, DialectProblem } from "@sluice/core/dialect";
import type { Pod } from "@sluice/core/pod";
import { agentStore } from "../agent/agent-store.js";
import { annotationProblems, annotationsUnder } from "../agent/annotation-rule.js";
import { gatewayPort } from "../agent/gateway-port.js";
import { fileSignalProblems } from "../agent/notify-problems.js";
import { VSI_ANNOTATIONS } from "./vsi-annotations.js";
import { vsiEnvironment } from "./vsi-environment.js";
import { vsiFiles, vsiPaths } from "./vsi-files.js";
import { VSI_VOLUME, type VsiOptions } from "./vsi-options.js";
import { combinationProblems } from "./vsi-problems.js";
import { asksForVsi, readVsiSettings, type VsiSettings } from "./vsi-settings.js";

/**
 * Talend's Vault Sidecar Injector: the annotations `sidecar.vault.talend.org/…` of pods that have `inject`. See
 * docs/dialects/vsi.md.
 */
export function vaultSidecarInjector(options: VsiOptions = {}): Dialect {
  return {
    name: "vault-sidecar-injector",
    appliesTo: (pod) => asksForVsi(pod, options),
    readVariable: () => undefined,
    readContainer: (_container, kind, { pod }) => (kind === "app" ? environmentOf(pod, options) : {}),
    readAgent: (pod) => readVsi(pod, options),
  };
}

/** What the pod asks an agent for: nothing where it asks for variables only. */
export function readVsi(pod: Pod, options: VsiOptions = {}): AgentReading {
  const { settings, problems: unknown } = readVsiSettings(pod, options);
  const { prefix, modes, auth, role, isStatic, isEnvironment, said } = settings;
  const annotations = annotationsUnder(prefix, pod.metadata?.annotations);
  const refused = [...annotationProblems(VSI_ANNOTATIONS, prefix, annotations), ...unknown];
  const problems: DialectProblem[] = [...refused, ...combinationProblems(settings, pod)];
  const store = storeOf(settings, options);
  if (typeof store !== "string") problems.push(store);
  const asksForFiles = modes.has("secrets") && !(isStatic && isEnvironment);
  const files = asksForFiles ? vsiFiles(settings, pod, options) : [];
  if ("problem" in files) return { problems: [...problems, files] };
  const containers = pod.spec.containers.map(({ name }) => name);
  problems.push(...fileSignalProblems(files, pod, { containers, isShared: false }));
  const port = modes.has("proxy") ? gatewayPort(said("proxy-port"), `${prefix}/proxy-port`) : undefined;
  if (typeof port === "object") problems.push(port);
  if (problems.length > 0 || typeof store !== "string" || typeof port === "object") return { problems };
  const isBeside = (asksForFiles && !isStatic) || port !== undefined;
  if (!asksForFiles && !isBeside) return { problems };
  return {
    problems,
    wanted: {
      store,
      files,
      runs: { before: asksForFiles, beside: isBeside },
      keepsFresh: !isStatic,
      // With AppRole the pod's own init container brings the credentials.
      initFirst: auth === "kubernetes",
      containers,
      volume: VSI_VOLUME,
      ...(role !== undefined && { role }),
      isJob: modes.has("job"),
      revoke: true,
      shareProcessNamespace: false,
      ...(port !== undefined && { gateway: { port, token: "always", cache: true } }),
    },
  };
}

function environmentOf(pod: Pod, options: VsiOptions): ContainerAddition {
  const { settings } = readVsiSettings(pod, options);
  if (!settings.modes.has("secrets") || !settings.isEnvironment || !settings.isStatic) return {};
  const store = storeOf(settings, options);
  // Told once, with the rest of the pod.
  if (typeof store !== "string") return {};
  if (settings.said("secrets-template") !== undefined)
    return {
      spread: [],
      problems: [
        {
          problem: `Annotation ${settings.prefix}/secrets-template makes text, and variables are wanted`,
          remedy: `Name the paths in ${settings.prefix}/secrets-path, or write variables as secret://${store}/PATH#KEY`,
        },
      ],
    };
  const paths = vsiPaths(settings, pod, options);
  return "problem" in paths ? { spread: [], problems: [paths] } : vsiEnvironment(store, paths);
}

function storeOf({ auth, role }: VsiSettings, options: VsiOptions): string | DialectProblem {
  return agentStore({ authMethod: auth, ...(role !== undefined && { role }) }, options);
}
