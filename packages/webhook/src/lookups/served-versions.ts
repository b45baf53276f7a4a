import type { ObjectNeed } from "@sluice/core/dialect";
import { KubernetesError, type KubernetesClient, type Resource } from "@sluice/kubernetes";
import { LRUCache } from "lru-cache";

/** How long it is believed what versions a cluster serves, in milliseconds. */
const TTL_MS = 60_000;

/** Under which version and name a cluster serves a kind. That it does not serve one is asked anew each time. */
export class ServedVersions {
  readonly #client: KubernetesClient;
  readonly #timeoutMs: number;
  readonly #known = new LRUCache<string, Resource>({ max: 100, ttl: TTL_MS });

  constructor(client: KubernetesClient, timeoutMs: number) {
    this.#client = client;
    this.#timeoutMs = timeoutMs;
  }

  /** The version that was asked for where it is served, else the one the cluster prefers. */
  async resourceOf({ apiVersion, kind }: ObjectNeed): Promise<Resource | undefined> {
    const key = `${apiVersion} ${kind}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const [group = "", version = ""] = apiVersion.split("/");
    const found = await this.#discover(group, version, kind);
    if (found !== undefined) this.#known.set(key, found);
    return found;
  }

  async #discover(group: string, wanted: string, kind: string): Promise<Resource | undefined> {
    const about = (await this.#get(`/apis/${encodeURIComponent(group)}`)) as GroupBody | undefined;
    const served = about?.versions?.map(({ version }) => version) ?? [];
    const preferred = about?.preferredVersion?.version;
    const order = [wanted, preferred, ...served].filter(
      (version, index, all): version is string =>
        version !== undefined && served.includes(version) && all.indexOf(version) === index,
    );
    for (const version of order) {
      const list = (await this.#get(`/apis/${group}/${encodeURIComponent(version)}`)) as ListBody | undefined;
      const plural = list?.resources?.find((entry) => entry.kind === kind && !entry.name.includes("/"))?.name;
      if (plural !== undefined) return { group, version, plural };
    }
    return undefined;
  }

  async #get(path: string): Promise<unknown> {
    const timeoutMs = this.#timeoutMs;
    try {
      const { body } = await this.#client.call(
        { path },
        { signal: AbortSignal.timeout(timeoutMs), timeoutMs },
      );
      return body;
    } catch (thrown) {
      if (KubernetesError.isInstance(thrown) && thrown.status === 404) return undefined;
      throw thrown;
    }
  }
}

interface GroupBody {
  readonly versions?: readonly { readonly version: string }[];
  readonly preferredVersion?: { readonly version: string };
}

interface ListBody {
  readonly resources?: readonly { readonly name: string; readonly kind: string }[];
}
