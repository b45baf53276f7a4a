import { type DialectProblem } from "@sluice/core/dialect";
import { type ImageCommand, mutatePod } from "@sluice/core/mutation";
import { containersOf, type Pod } from "@sluice/core/pod";
import { LookupError } from "../lookups/lookup-error.js";
import { type ContainerCommands, statedCommand, statedCommandsOnly } from "../planning/container-commands.js";
import type { PodPlan } from "../planning/pod-plan.js";
import { unwrapped } from "../strategies/exec-wrap.js";
import { meshWarnings } from "../strategies/mesh-ports.js";
import type { KnownStores } from "../stores/known-stores.js";
import { planTokens } from "../stores/plan-tokens.js";
import { type AdmissionAnswer, allow, deny } from "./admission-answer.js";
import type { AdmissionOptions } from "./admission-options.js";
import type { AdmissionRequest } from "./admission-request.js";
import { asPod } from "./as-pod.js";
import { planRequest } from "./plan-request.js";
import { agentProblems } from "./agent-problems.js";
import { wrappedProblems } from "./wrapped-problems.js";

/** What becomes of pods. Changes nothing anywhere, whether it is a dry run or not. */
export interface Admission {
  /** Changes a pod so that its containers are given what they ask for. */
  mutate(request: AdmissionRequest, signal: AbortSignal): Promise<AdmissionAnswer>;
  /** Denies a pod that would start with references as they are written. */
  validate(request: AdmissionRequest, signal: AbortSignal): Promise<AdmissionAnswer>;
}

/** Says nothing of any store. */
const NO_STORES: KnownStores = { find: async () => Promise.resolve(undefined) };

/** Wires what decides on pods. Settings, dialects and strategies are those of the options; nothing is read before a request. */
export function createAdmission(options: AdmissionOptions): Admission {
  const { strategies, settings, stores = NO_STORES, commands = statedCommandsOnly } = options;

  async function mutate(request: AdmissionRequest, pod: Pod, signal: AbortSignal): Promise<AdmissionAnswer> {
    const planned = await planRequest(options, pod, request.namespace, "all", signal);
    const [started, tokens] = await Promise.all([
      commandsOf(commands, pod, planned, request.namespace, signal),
      // What is denied anyway may hold a plan that cannot be read.
      planned.problems.length > 0
        ? { plans: planned.plans, audiences: new Map(), problems: [], warnings: [] }
        : planTokens(planned, request.namespace, stores, settings, signal),
    ]);
    const { files } = planned;
    const { plans, audiences } = tokens;
    const problems = [...planned.problems, ...started.problems, ...tokens.problems];
    const warnings = [
      ...planned.warnings,
      ...tokens.warnings,
      ...(plans.size + files.size > 0 ? meshWarnings(pod, settings) : []),
    ];
    const { dialects } = planned;
    if (problems.length > 0) return { ...deny(problems), dialects };
    const { agent } = planned;
    const { patch } = mutatePod(strategies, {
      pod,
      plans,
      files,
      imageCommands: started.commands,
      settings: { ...settings, audiences },
      ...(agent && { agent }),
    });
    const given = [...plans.keys(), ...files.keys(), ...(agent?.wants.containers ?? [])];
    const names = Array.from(new Set(given)).join(", ");
    if (names !== "") return { ...allow(`Secrets are injected into: ${names}`, patch, warnings), dialects };
    if (patch.length > 0) return allow("The pod is changed as it asks", patch, warnings);
    return allow("The pod asks for no secrets", patch, warnings);
  }

  async function validate(
    request: AdmissionRequest,
    pod: Pod,
    signal: AbortSignal,
  ): Promise<AdmissionAnswer> {
    const planned = await planRequest(options, pod, request.namespace, "all", signal);
    const { problems, dialects } = planned;
    const all = [...problems, ...wrappedProblems(pod, planned), ...agentProblems(pod, planned.agent)];
    const answered =
      all.length > 0 ? deny(all) : allow("Every reference will be filled before its container starts");
    return { ...answered, dialects };
  }

  /** Of a pod that exists nothing can be changed, so one answer does for both. */
  async function ephemeral(
    request: AdmissionRequest,
    pod: Pod,
    signal: AbortSignal,
  ): Promise<AdmissionAnswer> {
    const { problems } = await planRequest(options, pod, request.namespace, "ephemeral", signal);
    return problems.length > 0 ? deny(problems) : allow("The ephemeral containers ask for no secrets");
  }

  return {
    mutate: async (request, signal) => answer(request, signal, mutate, ephemeral),
    validate: async (request, signal) => answer(request, signal, validate, ephemeral),
  };
}

type Decide = (request: AdmissionRequest, pod: Pod, signal: AbortSignal) => Promise<AdmissionAnswer>;

async function answer(
  request: AdmissionRequest,
  signal: AbortSignal,
  created: Decide,
  ephemeral: Decide,
): Promise<AdmissionAnswer> {
  const decide = decisionOf(request, created, ephemeral);
  if (decide === undefined) return allow("Nothing to decide: only what pods are created with is looked at");
  if (request.namespace === "")
    return deny([{ problem: "The request names no namespace", remedy: "Create the pod in one" }]);
  const pod = asPod(request.object);
  if ("misfit" in pod)
    return deny([
      { problem: `${pod.misfit as string} is not what a pod has there`, remedy: "Correct the pod" },
    ]);
  try {
    return await decide(request, pod, signal);
  } catch (thrown) {
    if (signal.aborted) return outOfTime();
    if (thrown instanceof LookupError) return deny([thrown], REASONS[thrown.code]);
    throw thrown;
  }
}

const REASONS: Readonly<Record<number, { readonly code: number; readonly reason: string }>> = {
  403: { code: 403, reason: "Forbidden" },
  503: { code: 503, reason: "ServiceUnavailable" },
};

function decisionOf(
  { resource, operation }: AdmissionRequest,
  created: Decide,
  ephemeral: Decide,
): Decide | undefined {
  if (resource === "pods" && operation === "CREATE") return created;
  return resource === "pods/ephemeralcontainers" && operation === "UPDATE" ? ephemeral : undefined;
}

function outOfTime(): AdmissionAnswer {
  const problem = "What the pod names could not be read within the time of the webhook";
  return deny([{ problem, remedy: "Try again" }], { code: 504, reason: "Timeout" });
}

interface StartedCommands {
  readonly commands: ReadonlyMap<string, ImageCommand>;
  readonly problems: readonly DialectProblem[];
}

/** What containers with a plan start where the pod does not say. */
async function commandsOf(
  commands: ContainerCommands,
  pod: Pod,
  { plans }: PodPlan,
  namespace: string,
  signal: AbortSignal,
): Promise<StartedCommands> {
  const asked = Array.from(containersOf(pod), ([container]) => container).filter(
    ({ name, command }) => plans.has(name) && unwrapped(command) === undefined,
  );
  const answers = await Promise.all(
    asked.map(async (container) => {
      const stated = statedCommand(pod, container.name);
      const told = stated ?? (await commands.commandOf(container, pod, namespace, signal));
      return [container.name, told] as const;
    }),
  );
  const found = new Map<string, ImageCommand>();
  const failed: DialectProblem[] = [];
  for (const [name, told] of answers)
    if ("problem" in told) failed.push(told);
    else found.set(name, told);
  return { commands: found, problems: failed };
}
