import type { PlannedFile } from "../plan/files-plan.js";
import type { AgentReading } from "./agent-reading.js";
import type { PlannedSpread, PlannedText } from "../plan/injection-plan.js";
import type { Container, ContainerKind, Pod } from "../pod/pod.js";

/**
 * Reads one notation for secrets in pods. Pure: it names the objects it must see, and is given them; it never
 * talks to a provider or a cluster.
 */
export interface Dialect {
  /** For messages and for configuration. */
  readonly name: string;
  /** Whether the pod asks for this dialect. Where it does not, nothing of it is read. */
  appliesTo(pod: Pod, scope: Scope): boolean;
  /** Whether it looks at the labels of the namespace, which then must be read for every pod. */
  readonly readsNamespaceLabels?: boolean;
  /** Whether its references stand in single texts, so that it can be read in any object; `false` by default. */
  readonly readsObjects?: boolean;
  /** Objects of the pod's namespace without which a variable cannot be read. */
  needs?(variable: WrittenVariable, scope: Scope): readonly ObjectNeed[];
  /** What a variable stands for; nothing where it is none of this dialect. */
  readVariable(variable: WrittenVariable, scope: Scope): VariableReading | undefined;
  /** What a container is given beside its own variables, and what of its pod cannot be done. */
  readContainer?(container: Container, kind: ContainerKind, scope: Scope): ContainerAddition;
  /** What the pod asks of an agent beside its containers: files, mostly. */
  readAgent?(pod: Pod): AgentReading;
}

/** What a container is given besides its variables. */
export interface ContainerAddition {
  /** Secrets whose every field becomes a variable. */
  readonly spread?: readonly PlannedSpread[];
  /** Files that are there when it starts; whose they are is decided by who writes them. */
  readonly files?: readonly Omit<PlannedFile, "owner">[];
  /** Where its own variables come from; who reads the pod decides where nothing is said. */
  readonly environmentFrom?: EnvironmentOrigin;
  /** Whether every command of its probes and hooks is to be given the variables, also one that names none; `false` by default. */
  readonly everyHandler?: boolean;
  /** Plain variables, for a container that is given secrets and has none of that name. */
  readonly plain?: Readonly<Record<string, string>>;
  readonly problems?: readonly DialectProblem[];
}

/**
 * Where a container has its variables from: the broker, when it starts; a file, which is written before it starts; the
 * agent that stands beside it in the pod, whenever it asks.
 */
export type EnvironmentOrigin = "broker" | "file" | "sidecar";

/** A variable as it would be in the container, all of its `$(NAME)` expanded. */
export interface WrittenVariable {
  readonly container: Container;
  readonly kind: ContainerKind;
  readonly name: string;
  readonly text: string;
}

/** What surrounds a variable. */
export interface Scope {
  readonly pod: Pod;
  readonly namespace: string;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly objects: SeenObjects;
}

/** What a dialect makes of a variable: a plan for it, or what is wrong with it. */
export type VariableReading = PlannedVariable | DialectProblem;

/** A variable that is to be filled. */
export interface PlannedVariable {
  readonly text: PlannedText;
  /** Variable that is set, where it is another; the one that was read is then taken away. */
  readonly name?: string;
  /** Left out when a secret of it does not exist. */
  readonly optional?: boolean;
}

/** Why a pod cannot be given what it asks for. Admission is denied with it. */
export interface DialectProblem {
  /** What, where and why, without a full stop. */
  readonly problem: string;
  readonly remedy: string;
}

/** An object of the pod's namespace. */
export interface ObjectNeed {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** The objects that were looked up. */
export interface SeenObjects {
  /** `undefined` where there is none. */
  find(need: ObjectNeed): Readonly<Record<string, unknown>> | undefined;
  /** Whether nobody looks up objects of this kind, so that what they hold stays unknown; `false` by default. */
  isHidden?(need: ObjectNeed): boolean;
}

/** Whether a reading found a problem. */
export function isProblem(reading: VariableReading): reading is DialectProblem {
  return "problem" in reading;
}
