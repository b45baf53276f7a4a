import {
  type ContainerReading,
  type Dialect,
  isProblem,
  readContainer,
  type Scope,
} from "@sluice/core/dialect";
import { isReferencePart, parsePlannedText, type PlannedText } from "@sluice/core/plan";
import { type Container, containersOf, type Pod } from "@sluice/core/pod";
import { ENV_FROM_ANNOTATION, IGNORE_MISSING_ANNOTATION } from "@sluice/dialects";

/** How a pod is written in our notation. */
export interface PodMigration {
  readonly variables: readonly VariableChange[];
  /** Annotations that go, and those that come in their place. */
  readonly remove: readonly string[];
  readonly add: Readonly<Record<string, string>>;
  /** What containers are to be given, by name: the same before and after. */
  readonly given: Readonly<Record<string, Given>>;
  readonly faults: readonly MigrationFault[];
}

interface VariableChange {
  readonly container: string;
  /** Its place in the container's `env`. */
  readonly index: number;
  readonly name: string;
  readonly text: string;
  /** Whether it is called otherwise than before. */
  readonly isRenamed: boolean;
}

/** What of a container's reading says what it is given. */
export type Given = Pick<ContainerReading, "env" | "optional" | "spread">;

interface MigrationFault {
  readonly problem: string;
  readonly remedy: string;
}

const OWN = "sluice";

/** Prefixes of annotations that are a notation's. */
const ANNOTATIONS: Readonly<Record<string, readonly string[]>> = {
  atarraya: ["atarraya/"],
  "bank-vaults": ["secrets-webhook.security.bank-vaults.io/", "vault.security.banzaicloud.io/"],
};

/** Says in our notation what a pod says in others. Pure. */
export function migratePod(dialects: readonly Dialect[], scope: Scope): PodMigration {
  const { pod } = scope;
  const active = dialects.filter((dialect) => dialect.appliesTo(pod, scope));
  const readings = Array.from(containersOf(pod), ([container, kind]) => {
    const seen: SeenVariable[] = [];
    const reading = readContainer(container, kind, recording(active, seen), scope);
    return { container, reading, seen, ...changesOf(container, seen) };
  });
  const given = givenIn(readings.map(({ reading }) => reading));
  const isForeign = readings.some(({ reading, changes }) => changes.length > 0 || reading.spread.length > 0);
  const prefixes = isForeign ? active.flatMap(({ name }) => ANNOTATIONS[name] ?? []) : [];
  const annotations = annotationsFor(pod, Object.values(given));
  return {
    variables: readings.flatMap(({ changes }) => changes),
    remove: Object.keys(pod.metadata?.annotations ?? {}).filter((name) =>
      prefixes.some((prefix) => name.startsWith(prefix)),
    ),
    add: isForeign ? annotations.add : {},
    given,
    faults: [
      ...readings.flatMap(({ container, reading, seen, faults }) =>
        [...reading.problems, ...faults, ...addedFaults(reading, container, seen)].map((fault) =>
          inContainer(container, fault),
        ),
      ),
      ...(isForeign ? annotations.faults : []),
    ],
  };
}

/** What containers are given by these dialects, by name. */
export function givenBy(dialects: readonly Dialect[], scope: Scope): Readonly<Record<string, Given>> {
  const active = dialects.filter((dialect) => dialect.appliesTo(scope.pod, scope));
  return givenIn(
    Array.from(containersOf(scope.pod), ([container, kind]) => readContainer(container, kind, active, scope)),
  );
}

function givenIn(readings: readonly ContainerReading[]): Readonly<Record<string, Given>> {
  return Object.fromEntries(
    readings.map(({ container, env, optional, spread }) => [container, { env, optional, spread }]),
  );
}

interface SeenVariable {
  readonly name: string;
  readonly text: PlannedText;
  readonly newName: string;
}

/** The same dialects, which write down what those of others read. */
function recording(dialects: readonly Dialect[], seen: SeenVariable[]): Dialect[] {
  return dialects.map((dialect) =>
    dialect.name === OWN
      ? dialect
      : {
          ...dialect,
          readVariable: (variable, scope) => {
            const reading = dialect.readVariable(variable, scope);
            if (reading !== undefined && !isProblem(reading))
              seen.push({ name: variable.name, text: reading.text, newName: reading.name ?? variable.name });
            return reading;
          },
        },
  );
}

function changesOf(
  { name: container, env = [] }: Container,
  seen: readonly SeenVariable[],
): { readonly changes: readonly VariableChange[]; readonly faults: readonly MigrationFault[] } {
  const changes: VariableChange[] = [];
  const faults: MigrationFault[] = [];
  for (const { name, text, newName } of seen) {
    const places = env.flatMap((variable, index) => (variable.name === name ? [index] : []));
    const [index] = places;
    if (places.length > 1) faults.push(twice(name));
    else if (index === undefined || env[index]?.valueFrom != null) faults.push(elsewhere(name));
    else if (typeof text !== "string") faults.push(elsewhere(name));
    else changes.push({ container, index, name: newName, text: escaped(text), isRenamed: newName !== name });
  }
  return { changes, faults };
}

/** The kubelet makes one dollar of two, and puts variables in the places of `$(NAME)`. */
function escaped(text: string): string {
  return text.replaceAll(/\${2,}|\$(?=\()/g, (dollars) => dollars + dollars);
}

function annotationsFor({ metadata }: Pod, given: readonly Given[]): Pick<PodMigration, "add" | "faults"> {
  const spreads = given.find(({ spread }) => spread.length > 0)?.spread ?? [];
  const all = given.flatMap(({ env, spread }) => [...Object.keys(env), ...spread]).length;
  const missing = given.flatMap(({ optional, spread }) => [
    ...optional,
    ...spread.filter((secret) => secret.optional === true),
  ]).length;
  const own = metadata?.annotations ?? {};
  const add = {
    ...(spreads.length > 0 && { [ENV_FROM_ANNOTATION]: spreads.map(({ from }) => from).join(" ") }),
    ...(missing > 0 && { [IGNORE_MISSING_ANNOTATION]: "true" }),
  };
  const added = Object.fromEntries(Object.entries(add).filter(([name, value]) => own[name] !== value));
  return { add: added, faults: missing > 0 && missing < all ? [SOME_MISSING] : [] };
}

function inContainer({ name }: Container, { problem, remedy }: MigrationFault): MigrationFault {
  return { problem: `Container "${name}": ${problem}`, remedy };
}

function twice(name: string): MigrationFault {
  return { problem: `Variable ${name} is written twice`, remedy: "Take away the one that is not meant" };
}

function elsewhere(name: string): MigrationFault {
  return {
    problem: `Variable ${name} takes its reference from a ConfigMap or a Secret, which others may read as well`,
    remedy: "Write the reference into the pod first, or leave the dialect on",
  };
}

/** Variables that are in no list: annotations make them. */
function addedFaults(
  { env }: ContainerReading,
  { env: written = [] }: Container,
  seen: readonly SeenVariable[],
): MigrationFault[] {
  const known = new Set([...written, ...seen.map(({ newName: name }) => ({ name }))].map(({ name }) => name));
  return Object.entries(env)
    .filter(([name, text]) => !known.has(name) && !parsePlannedText(text).some(isReferencePart))
    .map(([name]) => ({
      problem: `Variable ${name} is made from an annotation`,
      remedy: "Write it into the pod first, and take it out of the passthrough annotation",
    }));
}

const SOME_MISSING: MigrationFault = {
  problem: "Some of the pod's secrets may be missing and some may not, which one annotation cannot say",
  remedy: "Put the servers' ignore-missing-secrets annotations into agreement first",
};
