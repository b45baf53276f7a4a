import { notTheApi } from "../client/parse-json.js";

/** What every object has. */
export interface KubernetesObject {
  readonly metadata: ObjectMeta;
}

/** Metadata of an object in a cluster. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  /** Opaque; changes with every write. */
  readonly resourceVersion: string;
  /** Counts changes of `spec`, for kinds that do. */
  readonly generation?: number;
  /** RFC 3339. */
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly ManagedFields[];
}

/** Which fields somebody set, and how. */
export interface ManagedFields {
  readonly manager?: string;
  /** `Apply` for server-side apply. */
  readonly operation?: string;
  readonly subresource?: string;
  readonly time?: string;
  /** A tree whose keys are `f:` and a field's name. */
  readonly fieldsV1?: unknown;
}

/** An object that another belongs to, and is deleted with. At most one of them controls it. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}

/** `value` as an object of the API; what its kind has besides metadata is its reader's to check. */
export function asObject(value: unknown): KubernetesObject {
  const metadata = field(value, "metadata");
  if (typeof field(metadata, "name") !== "string") throw notTheApi("not-an-object");
  if (typeof field(metadata, "resourceVersion") !== "string") throw notTheApi("not-an-object");
  return value as KubernetesObject;
}

/** A property of whatever was parsed. */
export function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (Reflect.get(value, name) as unknown) : undefined;
}
