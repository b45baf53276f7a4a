import {
  createObject,
  field,
  getObject,
  KubernetesError,
  type KubernetesClient,
  type KubernetesObject,
  patchObject,
  type Resource,
} from "@sluice/kubernetes";
import { type CertificateState, formatState, parseState } from "./certificate-state.js";

const CALL_MS = 10_000;

/** The certificates as they stand in their Secret now. */
export interface StoredCertificates {
  /** Absent where there is no Secret yet. */
  readonly resourceVersion?: string;
  /** Absent where there is none, or one that cannot be used. */
  readonly state?: CertificateState;
}

/** The Secret that all replicas serve with. */
export class CertificateSecret {
  readonly resource: Resource;
  readonly name: string;
  readonly #client: KubernetesClient;

  constructor(client: KubernetesClient, namespace: string, name: string) {
    this.#client = client;
    this.resource = { version: "v1", plural: "secrets", namespace };
    this.name = name;
  }

  async read(signal: AbortSignal): Promise<StoredCertificates> {
    try {
      const bounds = { signal, timeoutMs: CALL_MS };
      return storedIn(await getObject(this.#client, this.resource, this.name, bounds));
    } catch (thrown) {
      if (KubernetesError.isInstance(thrown) && thrown.status === 404) return {};
      throw thrown;
    }
  }

  /** Whether it was written: not when somebody else has written it since it was read. */
  async write(state: CertificateState, before: StoredCertificates, signal: AbortSignal): Promise<boolean> {
    const { resourceVersion } = before;
    const bounds = { signal, timeoutMs: CALL_MS };
    const data = formatState(state);
    try {
      if (resourceVersion === undefined)
        await createObject(
          this.#client,
          this.resource,
          { apiVersion: "v1", kind: "Secret", type: "Opaque", metadata: { name: this.name }, data },
          bounds,
        );
      else {
        const patch = { metadata: { resourceVersion }, data };
        await patchObject(this.#client, this.resource, this.name, patch, bounds);
      }
      return true;
    } catch (thrown) {
      if (KubernetesError.isInstance(thrown) && thrown.status === 409) return false;
      throw thrown;
    }
  }
}

/** What a Secret holds. */
export function storedIn(object: KubernetesObject): StoredCertificates {
  const data = field(object, "data");
  const state = parseState((data ?? {}) as Readonly<Record<string, string>>);
  const { resourceVersion } = object.metadata;
  return { resourceVersion, ...(state !== undefined && { state }) };
}
