import { resolve } from "node:path";
import type { ProviderContext, ProviderDependencies } from "@sluice/core";
import { type CallOptions, KubernetesClient, KubernetesError, type Resource } from "@sluice/kubernetes";
import { DEFAULT_AUDIENCE, DEFAULT_TIMEOUT_MS, DEFAULT_WATCH_IDLE_MS } from "../kubernetes-options.js";
import type { KubernetesOptions } from "../kubernetes-options.js";

/** A configured store: what its verbs share. */
export interface ClusterStore {
  /** Its name in the configuration. */
  readonly name: string;
  readonly kind: "Secret" | "ConfigMap";
  /** Namespace of every object; absent where paths name it. */
  readonly namespace?: string;
  readonly client: KubernetesClient;
  readonly audience: string;
  readonly timeoutMs: number;
  readonly watchIdleMs: number;
}

/** Opens nothing: the first call does. */
export function openStore(
  options: KubernetesOptions,
  { store, baseDirectory, environment }: ProviderDependencies,
): ClusterStore {
  const { kind = "Secret", namespace, kubeconfig, context } = options;
  return {
    name: store,
    kind,
    ...(namespace !== undefined && { namespace }),
    client: new KubernetesClient({
      environment,
      ...(kubeconfig !== undefined && { kubeconfig: resolve(baseDirectory, kubeconfig) }),
      ...(context !== undefined && { context }),
    }),
    audience: options.audience ?? DEFAULT_AUDIENCE,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    watchIdleMs: options.watchIdleMs ?? DEFAULT_WATCH_IDLE_MS,
  };
}

/** The store's objects in a namespace, or in all. */
export function resourceOf({ kind }: Pick<ClusterStore, "kind">, namespace?: string): Resource {
  const plural = kind === "Secret" ? "secrets" : "configmaps";
  return { version: "v1", plural, ...(namespace !== undefined && { namespace }) };
}

/** How calls for this context are bounded, and as whom they are made. */
export function callOptions(
  store: ClusterStore,
  { signal, deadline, identity }: ProviderContext,
): CallOptions {
  const timeoutMs = Math.max(1, Math.min(store.timeoutMs, deadline - Date.now()));
  if (identity.kind === "self") return { signal, timeoutMs };
  const token = async (): Promise<string> => {
    try {
      return await identity.getToken(store.audience, signal);
    } catch {
      // Whoever issues tokens may quote one.
      const problem = `cannot be asked: there is no token of ${identity.subject} for it`;
      throw new KubernetesError({ kind: "credentials", reason: "delegated-token", problem });
    }
  };
  return { signal, timeoutMs, token };
}
