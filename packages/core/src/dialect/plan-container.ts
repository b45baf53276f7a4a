import type { PlannedFile } from "../plan/files-plan.js";
import type { PlannedPart, PlannedSpread, PlannedText } from "../plan/injection-plan.js";
import { parsePlannedText } from "../plan/plan-references.js";
import type { Container, ContainerKind } from "../pod/pod.js";
import { isReference } from "../reference/parse-reference.js";
import { ReferenceSyntaxError } from "../errors/reference-syntax-error.js";
import { formatTemplate, hasReferenceSyntax, parseTemplate } from "../reference/template.js";
import {
  type Dialect,
  type DialectProblem,
  type EnvironmentOrigin,
  isProblem,
  type Scope,
  type WrittenVariable,
} from "./dialect.js";
import { readWritten } from "./read-written.js";
import { Expander, type Known, MOST_TEXT } from "./expand-raw.js";
import { type RawVariable, writtenEnvironment } from "./written-environment.js";

/** What is to be set in a container, before it is written as a plan. */
export interface ContainerReading {
  readonly container: string;
  readonly kind: ContainerKind;
  readonly env: Readonly<Record<string, PlannedText>>;
  readonly optional: readonly string[];
  /** Variables that are taken away: notations whose value goes by another name. */
  readonly remove: readonly string[];
  /** Secrets whose every field becomes a variable; empty for most. */
  readonly spread: readonly PlannedSpread[];
  /** Files that are there when it starts; empty for most. */
  readonly files: readonly Omit<PlannedFile, "owner">[];
  /** Where its variables are to come from, where a notation says. */
  readonly environmentFrom?: EnvironmentOrigin;
  /** Whether every command of its probes and hooks is to be given the variables, where a notation says so. */
  readonly everyHandler?: boolean;
  readonly problems: readonly DialectProblem[];
}

/**
 * Reads what a container asks for, variable by variable as the kubelet settles them, so that a variable made
 * from another one that holds a secret holds it too. The first dialect that knows a text reads it.
 */
export function readContainer(
  container: Container,
  kind: ContainerKind,
  dialects: readonly Dialect[],
  scope: Scope,
): ContainerReading {
  const known = new Map<string, Known>();
  const remove = new Set<string>();
  const problems: DialectProblem[] = [];
  const settle = (name: string, value: Known): void => void known.set(name, value);
  const { variables, hasUnknownNames } = writtenEnvironment(container, scope.objects);
  const isKnown = (name: string): boolean =>
    known.has(name) || hasUnknownNames || isServiceVariable(name, scope);
  const expander = new Expander(known, isKnown);
  for (const raw of variables) {
    const { parts, optional, isTooLong = false } = expander.expand(raw);
    const [only = ""] = parts;
    const isMade = optional !== undefined || parts.length > 1 || typeof only !== "string";
    if (isTooLong) {
      // No process can be started with it; of the one that the kubelet makes nothing more is to be known.
      settle(raw.name, { is: "runtime", parts: [{ var: raw.name }], optional: false });
      if (optional !== undefined || holdsReference(parts)) problems.push(tooLong(raw.name));
      continue;
    }
    if (isMade && parts.some((part) => isStray(part, { container, kind, name: raw.name }, dialects, scope)))
      problems.push(strayReference(raw.name));
    if (optional !== undefined) {
      settle(raw.name, { is: "planned", parts, optional });
      if (isBroken(parts)) problems.push(nodeReference(raw.name));
    } else if (isMade) {
      const is = holdsReference(parts) ? "planned" : "runtime";
      settle(raw.name, { is, parts, optional: false });
      if (is === "planned" && isBroken(parts)) problems.push(nodeReference(raw.name));
    } else {
      const reading = readWritten({ container, kind, name: raw.name, text: only }, dialects, scope);
      if (reading === undefined) settle(raw.name, unread(raw, only));
      else if (isProblem(reading)) problems.push(reading);
      else if (raw.isSecret === true && hasLiteral(reading.text)) problems.push(mixedSecret(raw.name));
      else {
        const { text, name = raw.name, optional = false } = reading;
        if (name !== raw.name) remove.add(raw.name);
        settle(name, { is: "planned", parts: typeof text === "string" ? [text] : text, optional });
      }
    }
  }
  const additions = dialects.map((dialect) => dialect.readContainer?.(container, kind, scope) ?? {});
  const environmentFrom = additions.find((each) => each.environmentFrom !== undefined)?.environmentFrom;
  const planned = Array.from(known).flatMap(([name, value]) =>
    value.is === "planned" ? [[name, value] as const] : [],
  );
  const spread = additions.flatMap(({ spread: more = [] }) => more);
  const isGiven = planned.length + spread.length > 0;
  const plain = isGiven ? additions.flatMap(({ plain: more = {} }) => Object.entries(more)) : [];
  return {
    container: container.name,
    kind,
    env: Object.fromEntries([
      // A whole text that is a reference cannot be written as anything else.
      ...plain
        .filter(([name, text]) => !known.has(name) && !isReference(text))
        .map(([name, text]) => [name, formatTemplate([text])]),
      ...planned.map(([name, { parts }]) => [name, simplest(parts)]),
    ]),
    optional: planned.flatMap(([name, { optional }]) => (optional ? [name] : [])),
    remove: Array.from(remove).filter((name) => known.get(name)?.is !== "planned"),
    spread,
    files: additions.flatMap(({ files = [] }) => files),
    ...(environmentFrom !== undefined && { environmentFrom }),
    ...(additions.some(({ everyHandler }) => everyHandler === true) && { everyHandler: true }),
    problems: [...problems, ...additions.flatMap(({ problems: more = [] }) => more)],
  };
}

/** What is plain to everybody who may read the pod; what a Secret holds stays behind its name. */
function unread({ name, isSecret }: RawVariable, text: string): Known {
  return isSecret === true
    ? { is: "runtime", parts: [{ var: name }], optional: false }
    : { is: "text", text };
}

function hasLiteral(text: PlannedText): boolean {
  return parsePlannedText(text).some((part) => typeof part === "string");
}

function mixedSecret(name: string): DialectProblem {
  return {
    problem: `Variable ${name} comes from a Secret that has other text beside a reference, and everybody who may read the pod would read that`,
    remedy: "Let the Secret hold the reference alone, and join the text in the pod with $(NAME)",
  };
}

/** Whether a part would be left as it is written: a reference of a notation that is only read in texts that are all known. */
function isStray(
  part: PlannedPart,
  variable: Omit<WrittenVariable, "text">,
  dialects: readonly Dialect[],
  scope: Scope,
): boolean {
  return literalsOf(part).some((text) => readVariable({ ...variable, text }, dialects, scope) !== undefined);
}

function literalsOf(part: PlannedPart): readonly string[] {
  if (typeof part !== "string") return [];
  try {
    return parseTemplate(part).filter(
      (piece) => typeof piece === "string" && !hasReferenceSyntax(piece),
    ) as string[];
  } catch (thrown) {
    // Told of already.
    if (ReferenceSyntaxError.isInstance(thrown)) return [];
    throw thrown;
  }
}

function strayReference(name: string): DialectProblem {
  return {
    problem: `Variable ${name} has a reference beside $(NAME) of a variable that holds a secret, or that only the node knows`,
    remedy: "Write the reference as ${secret://STORE/PATH}, or put it into a variable of its own",
  };
}

function readVariable(variable: WrittenVariable, dialects: readonly Dialect[], scope: Scope) {
  for (const dialect of dialects) {
    const reading = dialect.readVariable(variable, scope);
    if (reading !== undefined) return reading;
  }
  return undefined;
}

function holdsReference(parts: readonly PlannedPart[]): boolean {
  return parts.some((part) => typeof part === "string" && hasReferenceSyntax(part));
}

/** Whether a reference goes on beyond its part, into what only the node knows. */
function isBroken(parts: readonly PlannedPart[]): boolean {
  try {
    const texts = parts.filter((part) => typeof part === "string");
    for (const text of texts) parseTemplate(text);
    return texts.some(isReference);
  } catch (thrown) {
    if (ReferenceSyntaxError.isInstance(thrown)) return true;
    throw thrown;
  }
}

function tooLong(name: string): DialectProblem {
  return {
    problem: `Variable ${name} holds a reference and has more than ${MOST_TEXT} bytes, which no environment can hold`,
    remedy: "Make it shorter",
  };
}

function nodeReference(name: string): DialectProblem {
  return {
    problem: `Variable ${name} has a malformed reference, or one that is made from a secret or from what only the node knows`,
    remedy: "Write the reference in full; such variables may stand beside it",
  };
}

/** Names of the variables that the kubelet makes for services; only the node knows which there are. */
function isServiceVariable(name: string, { pod }: Scope): boolean {
  if (/^KUBERNETES_(SERVICE|PORT)/.test(name)) return true;
  return (
    pod.spec.enableServiceLinks !== false && /^[A-Z0-9_]+_(SERVICE_HOST|SERVICE_PORT|PORT)(_|$)/.test(name)
  );
}

function simplest(parts: readonly PlannedPart[]): PlannedText {
  const [only] = parts;
  return parts.length === 1 && typeof only === "string" ? only : parts;
}
