import type { Pod } from "@sluice/core/pod";

/** A pod of a request, or what about it is none. The API server has seen to the rest. */
export function asPod(value: unknown): Pod | { readonly misfit: string } {
  const misfit = pod(value, "pod");
  return misfit === undefined ? (value as Pod) : { misfit };
}

type Check = (value: unknown, path: string) => string | undefined;

const text: Check = (value, path) => (typeof value === "string" ? undefined : path);

function optional(check: Check): Check {
  return (value, path) => (value === undefined ? undefined : check(value, path));
}

function list(check: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return path;
    for (const [index, entry] of value.entries()) {
      const misfit = check(entry, `${path}[${index}]`);
      if (misfit !== undefined) return misfit;
    }
    return undefined;
  };
}

function map(check: Check): Check {
  return (value, path) => {
    if (!isObject(value)) return path;
    return Object.values(value).some((entry) => check(entry, path) !== undefined) ? path : undefined;
  };
}

function object(members: Readonly<Record<string, Check>>): Check {
  const checks = Object.entries(members);
  return (value, path) => {
    if (!isObject(value)) return path;
    for (const [name, check] of checks) {
      const misfit = check(value[name], `${path}.${name}`);
      if (misfit !== undefined) return misfit;
    }
    return undefined;
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const selector = optional(object({ name: optional(text) }));
const key = optional(object({ name: optional(text), key: text }));
const texts = optional(list(text));
const labels = optional(map(text));

const container = object({
  name: text,
  image: optional(text),
  command: texts,
  args: texts,
  env: optional(
    list(
      object({
        name: text,
        value: optional(text),
        valueFrom: optional(object({ configMapKeyRef: key, secretKeyRef: key })),
      }),
    ),
  ),
  envFrom: optional(list(object({ prefix: optional(text), configMapRef: selector, secretRef: selector }))),
  volumeMounts: optional(list(object({ name: text, mountPath: text }))),
  restartPolicy: optional(text),
});

const anyObject = optional(object({}));

const pod = object({
  metadata: optional(object({ labels, annotations: labels })),
  spec: object({
    containers: list(container),
    initContainers: optional(list(container)),
    ephemeralContainers: optional(list(container)),
    volumes: optional(list(object({ name: text }))),
    securityContext: anyObject,
    os: anyObject,
    nodeSelector: anyObject,
  }),
});
