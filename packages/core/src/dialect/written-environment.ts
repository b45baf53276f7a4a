import type { Container, EnvVar } from "../pod/pod.js";
import type { ObjectNeed, SeenObjects } from "./dialect.js";

/** A variable before anything is expanded. */
export interface RawVariable {
  readonly name: string;
  /** As written; `undefined` where only the node knows it, such as the pod's address. */
  readonly text: string | undefined;
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

/**
 * A container's variables in the order the kubelet settles them: what it takes whole from objects first, then
 * its own, the later over the earlier. What objects do not have is left out, as the kubelet will say so itself.
 */
export function writtenEnvironment(
  { env = [], envFrom = [] }: Container,
  objects: SeenObjects,
): RawVariable[] {
  const whole = envFrom.flatMap(({ prefix = "", configMapRef, secretRef }) => {
    const data =
      configMapRef?.name !== undefined
        ? configMapData(objects, configMapRef.name)
        : secretData(objects, secretRef?.name ?? "");
    return Object.entries(data).map(([key, text]) => ({ name: prefix + key, text, expands: false }));
  });
  return [...whole, ...env.flatMap((variable) => own(variable, objects))];
}

function own({ name, value, valueFrom }: EnvVar, objects: SeenObjects): RawVariable[] {
  if (value !== undefined && value !== "") return [{ name, text: value, expands: true }];
  if (valueFrom === undefined) return [{ name, text: "", expands: false }];
  const { configMapKeyRef, secretKeyRef } = valueFrom;
  const from = configMapKeyRef ?? secretKeyRef;
  if (from === undefined) return [{ name, text: undefined, expands: false }];
  const read = configMapKeyRef === undefined ? secretData : configMapData;
  const text = read(objects, from.name ?? "")[from.key];
  return text === undefined ? [] : [{ name, text, expands: false }];
}

function configMapData(objects: SeenObjects, name: string): Readonly<Record<string, string>> {
  return textsOf(objects.find(configMapNeed(name))?.["data"]);
}

function secretData(objects: SeenObjects, name: string): Readonly<Record<string, string>> {
  const data = textsOf(objects.find(secretNeed(name))?.["data"]);
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
