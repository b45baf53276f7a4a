import type { Failure, ProviderContext, PutOutcome, PutRequest } from "@sluice/core";
import {
  asObject,
  type CallOptions,
  KubernetesError,
  METADATA_OF_ONE,
  resourcePath,
} from "@sluice/kubernetes";
import { failing, isFailure } from "../failure/failing.js";
import { dataOfValue, type ObjectData } from "../object/data-of-value.js";
import { callOptions, type ClusterStore, resourceOf } from "../store/cluster-store.js";
import { type ObjectPath, parsePath } from "../store/object-path.js";
import { isVersion, VERSION_CHANGED } from "./version-condition.js";

/** Writes a secret: the value's fields become all of its data; labels, annotations and type stay. */
export async function putSecret(
  store: ClusterStore,
  { path, value, condition }: PutRequest,
  context: ProviderContext,
): Promise<PutOutcome> {
  context.signal.throwIfAborted();
  const place = parsePath(store, path);
  if (isFailure(place)) return place;
  const data = dataOfValue(store.kind, value);
  if (isFailure(data)) return data;
  const writer = new Writer(store, place, data, callOptions(store, context));
  return failing(context.signal, async () => {
    if (condition === undefined) return writer.write();
    if ("ifAbsent" in condition) return (await writer.create()) ?? { status: "exists" };
    if (!isVersion(condition.ifVersion)) return VERSION_CHANGED;
    return (await writer.update(condition.ifVersion)) ?? VERSION_CHANGED;
  });
}

class Writer {
  readonly #store: ClusterStore;
  readonly #place: ObjectPath;
  readonly #data: ObjectData;
  readonly #options: CallOptions;

  constructor(store: ClusterStore, place: ObjectPath, data: ObjectData, options: CallOptions) {
    this.#store = store;
    this.#place = place;
    this.#data = data;
    this.#options = options;
  }

  /** Updates, or creates what is not there; each may come to nothing when somebody else does the reverse. */
  async write(): Promise<PutOutcome> {
    return (
      (await this.update()) ??
      (await this.create()) ??
      (await this.update()) ?? { status: "conflict", reason: "unsteady", message: "comes and goes meanwhile" }
    );
  }

  /** `undefined` when it is there already. */
  async create(): Promise<PutOutcome | undefined> {
    const { kind } = this.#store;
    const parts = kind === "Secret" ? { data: this.#data.data, type: "Opaque" } : { data: this.#data.data };
    const { name } = this.#place;
    const body = { apiVersion: "v1", kind, metadata: { name }, ...parts };
    try {
      return await this.#send("created", { method: "POST", path: this.#path(), body });
    } catch (error) {
      if (!KubernetesError.isInstance(error)) throw error;
      if (error.reason === "AlreadyExists") return undefined;
      if (error.status === 404) return noNamespace(this.#place);
      throw error;
    }
  }

  /** One patch that replaces all data at once. `undefined` when it is not there, or at another version. */
  async update(version?: string): Promise<PutOutcome | undefined> {
    const parts = this.#store.kind === "Secret" ? (["data"] as const) : (["data", "binaryData"] as const);
    const body = [
      ...(version === undefined ? [] : [{ op: "add", path: "/metadata/resourceVersion", value: version }]),
      ...parts.map((part) => ({ op: "add", path: `/${part}`, value: this.#data[part] })),
    ];
    const contentType = "application/json-patch+json";
    try {
      return await this.#send("updated", {
        method: "PATCH",
        path: this.#path(this.#place.name),
        body,
        contentType,
      });
    } catch (error) {
      if (!KubernetesError.isInstance(error)) throw error;
      if (error.reason === "NotFound" || (version !== undefined && error.status === 409)) return undefined;
      throw error;
    }
  }

  #path(name?: string): string {
    return resourcePath(resourceOf(this.#store, this.#place.namespace), name);
  }

  async #send(
    status: "created" | "updated",
    request: Parameters<ClusterStore["client"]["call"]>[0],
  ): Promise<PutOutcome> {
    // The answer without what was written.
    const asking = { ...request, accept: METADATA_OF_ONE, query: { fieldManager: "sluice" } };
    const { body } = await this.#store.client.call(asking, this.#options);
    return { status, version: asObject(body).metadata.resourceVersion };
  }
}

function noNamespace({ namespace }: ObjectPath): Failure {
  return {
    status: "invalid",
    reason: "namespace-missing",
    message: `cannot be written: there is no namespace ${namespace}`,
    remedy: "Create the namespace first",
  };
}
