import { unlessAborted } from "@sluice/core";
import type { ObjectNeed } from "@sluice/core/dialect";
import { field, getObject, KubernetesError, type KubernetesClient, type Resource } from "@sluice/kubernetes";
import type { ClusterLookups, FoundObject } from "./cluster-lookups.js";
import { FreshFlights } from "./fresh-flights.js";
import { LookupError } from "./lookup-error.js";
import { ServedVersions } from "./served-versions.js";

/** What may be looked up in the cluster. */
export interface LookupOptions {
  /** Whether ConfigMaps that containers take variables from are read; `true` by default. */
  readonly configMaps?: boolean;
  /** Whether Secrets are; `true` by default. Without, references that stand in Secrets are not found. */
  readonly secrets?: boolean;
  /** Time for one read, in milliseconds; 3,000 by default. */
  readonly timeoutMs?: number;
  /** Told of every read. */
  readonly onLookup?: (kind: string, outcome: LookupOutcome) => void;
}

/** What became of a look-up. */
export type LookupOutcome = "found" | "missing" | "denied" | "failed";

const CORE: Readonly<Record<string, string>> = { ConfigMap: "configmaps", Secret: "secrets" };
const MOST_BYTES = 2 * 1024 * 1024;

/**
 * Reads from the API server, each time anew: a ConfigMap may have been applied in the same command as the pod that
 * names it. Nothing is kept, so nothing of a Secret is; equal reads of one moment are shared.
 */
export function createClusterLookups(client: KubernetesClient, options: LookupOptions = {}): ClusterLookups {
  const { configMaps = true, secrets = true, timeoutMs = 3_000, onLookup } = options;
  const flights = new FreshFlights<FoundObject | undefined>();
  const versions = new ServedVersions(client, timeoutMs);
  // A shared read outlives the request that began it, so it has a time of its own.
  const bounds = () => ({ signal: AbortSignal.timeout(timeoutMs), timeoutMs, maxBytes: MOST_BYTES });

  async function read(kind: string, resource: Resource, name: string): Promise<FoundObject | undefined> {
    try {
      const object = await getObject(client, resource, name, bounds());
      onLookup?.(kind, "found");
      return { ...object };
    } catch (thrown) {
      if (KubernetesError.isInstance(thrown) && thrown.status === 404) {
        onLookup?.(kind, "missing");
        return undefined;
      }
      const failure = failed(`${kind} "${name}"`, resource, thrown);
      onLookup?.(kind, failure.code === 403 ? "denied" : "failed");
      throw failure;
    }
  }

  return {
    isHidden: ({ kind }) => (kind === "ConfigMap" && !configMaps) || (kind === "Secret" && !secrets),
    namespaceLabels: async (namespace, signal) => {
      const resource = { version: "v1", plural: "namespaces" };
      const flight = flights.read(`namespace ${namespace}`, async () =>
        read("Namespace", resource, namespace),
      );
      return labelsOf(await unlessAborted(signal, flight));
    },
    find: async (namespace, need, signal) => {
      const key = `${namespace} ${need.apiVersion} ${need.kind} ${need.name}`;
      const flight = flights.read(key, async () => {
        const resource = await resourceOf(need, namespace, versions);
        return resource === undefined ? undefined : read(need.kind, resource, need.name);
      });
      return unlessAborted(signal, flight);
    },
  };
}

function labelsOf(object: FoundObject | undefined): Readonly<Record<string, string>> {
  const labels = Object.entries(field(field(object, "metadata"), "labels") ?? {});
  return Object.fromEntries(
    labels.filter((label): label is [string, string] => typeof label[1] === "string"),
  );
}

async function resourceOf(
  need: ObjectNeed,
  namespace: string,
  versions: ServedVersions,
): Promise<Resource | undefined> {
  const plural = CORE[need.kind];
  if (need.apiVersion === "v1" && plural !== undefined) return { version: "v1", plural, namespace };
  try {
    const served = await versions.resourceOf(need);
    return served && { ...served, namespace };
  } catch (thrown) {
    throw failed(`kind ${need.kind}`, { plural: need.kind }, thrown);
  }
}

function failed(what: string, { plural }: Pick<Resource, "plural">, thrown: unknown): LookupError {
  if (thrown instanceof LookupError) return thrown;
  const { status, problem } = KubernetesError.isInstance(thrown)
    ? thrown
    : { status: undefined, problem: "did not answer" };
  if (status === 403 || status === 401)
    return new LookupError({
      problem: `${what}, which the pod names, may hold references, and the webhook may not read it`,
      remedy: `Let its role get ${plural}, or turn these lookups off in its settings`,
      code: 403,
    });
  return new LookupError({
    problem: `${what}, which the pod names, could not be read: the Kubernetes API ${problem}`,
    remedy: "Try again",
    code: 503,
  });
}
