import type { Container, EnvVar } from "../pod/pod.js";
import type { ObjectNeed, SeenObjects } from "./dialect.js";

/** A variable before anything is expanded. */
export interface RawVariable {
  readonly name: string;
  /** As written; `undefined` where only the node knows it, such as the pod's address. */
  readonly text: string | undefined;
  /** Whether it comes from a Secret: then it must not be written into the pod, not even as a part of another. */
  readonly isSecret?: boolean;
  /** Whether the kubelet expands `$(NAME)` in it: only in what stands in the pod itself. */
  readonly expands: boolean;
}

/** ConfigMaps and Secrets that a container takes variables from. */
export function environmentNeeds({ env = [], envFrom = [] }: Container): ObjectNeed[] {
  const names = [
    ...envFrom.map(({ configMapRef, secretRef }) => ({
      configMap: configMapRef?.name,
      secret: secretRef?.name,
    })),
    ...env.map(({ valueFrom }) => ({
      configMap: valueFrom?.configMapKeyRef?.name,
      secret: valueFrom?.secretKeyRef?.name,
    })),
  ];
  const needs = names.flatMap(({ configMap, secret }) => [
    ...(configMap === undefined ? [] : [configMapNeed(configMap)]),
    ...(secret === undefined ? [] : [secretNeed(secret)]),
  ]);
  return Array.from(new Map(needs.map((need) => [`${need.kind}/${need.name}`, need])).values());
}

/** What a container's environment is made of. */
export interface WrittenEnvironment {
  readonly variables: readonly RawVariable[];
  /** Whether there are variables whose names only the node knows, from objects that are hidden or not there yet. */
  readonly hasUnknownNames: boolean;
}

/**
 * A container's variables in the order the kubelet settles them: what it takes whole from objects first, then
 * its own, the later over the earlier. What an object need not have and has not is left out; what it must have,
 * the kubelet waits for, so only the node knows it.
 */
export function writtenEnvironment(
  { env = [], envFrom = [] }: Container,
  objects: SeenObjects,
): WrittenEnvironment {
  const sources = envFrom.flatMap(({ prefix = "", configMapRef, secretRef }) => {
    const [selector, need] = configMapRef ? [configMapRef, configMapNeed] : [secretRef, secretNeed];
    return selector?.name === undefined ? [] : [{ prefix, selector, need: need(selector.name) }];
  });
  const whole = sources.flatMap(({ prefix, need }) =>
    Object.entries(dataOf(objects, need)).map(([key, text]) => ({
      name: prefix + key,
      text,
      expands: false,
      isSecret: need.kind === "Secret",
    })),
  );
  const hasUnknownNames = sources.some(
    ({ selector, need }) =>
      objects.isHidden?.(need) === true || (selector.optional !== true && objects.find(need) === undefined),
  );
  return { variables: [...whole, ...env.flatMap((variable) => own(variable, objects))], hasUnknownNames };
}

function own({ name, value, valueFrom }: EnvVar, objects: SeenObjects): RawVariable[] {
  if (value !== undefined && value !== "") return [{ name, text: value, expands: true }];
  if (valueFrom == null) return [{ name, text: "", expands: false }];
  const { configMapKeyRef, secretKeyRef } = valueFrom;
  const from = configMapKeyRef ?? secretKeyRef;
  if (from === undefined) return [{ name, text: undefined, expands: false }];
  const need = (configMapKeyRef === undefined ? secretNeed : configMapNeed)(from.name ?? "");
  const data = dataOf(objects, need);
  const text = Object.hasOwn(data, from.key) ? data[from.key] : undefined;
  const mayBeMissing = from.optional === true && objects.isHidden?.(need) !== true;
  if (text === undefined && mayBeMissing) return [];
  return [{ name, text, expands: false, isSecret: need.kind === "Secret" }];
}

function dataOf(objects: SeenObjects, need: ObjectNeed): Readonly<Record<string, string>> {
  const data = textsOf(objects.find(need)?.["data"]);
  return need.kind === "Secret" ? decoded(data) : data;
}

function decoded(data: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(data).map(
    ([key, text]) => [key, Buffer.from(text, "base64").toString()] as const,
  );
  return Object.fromEntries(entries);
}

function textsOf(data: unknown): Readonly<Record<string, string>> {
  if (typeof data !== "object" || data === null) return {};
  const texts = Object.entries(data).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return Object.fromEntries(texts);
}

const configMapNeed = (name: string): ObjectNeed => ({ apiVersion: "v1", kind: "ConfigMap", name });
const secretNeed = (name: string): ObjectNeed => ({ apiVersion: "v1", kind: "Secret", name });
