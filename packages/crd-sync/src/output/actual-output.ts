import { field, type KubernetesObject, type ManagedFields } from "@sluice/kubernetes";
import { marksOf, type SourceMark } from "./source-mark.js";

/** An output as it is in the cluster. Holds values: it lives as long as it is compared. */
export interface ActualOutput {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly type?: string;
  /** Base64, whichever kind it is. */
  readonly data: ReadonlyMap<string, string>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly owners: ReadonlySet<string>;
  readonly marks: readonly SourceMark[];
  readonly isImmutable: boolean;
  readonly isTerminating: boolean;
  readonly managers: readonly KeyManager[];
}

/** Who owns keys of an object's data, and how. */
interface KeyManager {
  readonly manager: string;
  readonly operation: string;
  /** When it wrote last; RFC 3339, to the second. */
  readonly time: string;
  readonly keys: ReadonlySet<string>;
}

/** Reads a Secret or a ConfigMap. */
export function readOutput(object: KubernetesObject): ActualOutput {
  const { uid = "", resourceVersion, labels = {}, annotations = {}, ownerReferences = [] } = object.metadata;
  const type = field(object, "type");
  return {
    uid,
    resourceVersion,
    ...(typeof type === "string" && { type }),
    data: dataOf(object),
    labels,
    annotations,
    owners: new Set(ownerReferences.map((owner) => owner.uid)),
    marks: marksOf(object),
    isImmutable: field(object, "immutable") === true,
    isTerminating: object.metadata.deletionTimestamp !== undefined,
    managers: (object.metadata.managedFields ?? []).map(managerOf),
  };
}

function dataOf(object: KubernetesObject): ReadonlyMap<string, string> {
  const isSecret = field(object, "kind") === "Secret";
  const texts = Object.entries((field(object, "data") ?? {}) as Record<string, string>);
  const binary = Object.entries((field(object, "binaryData") ?? {}) as Record<string, string>);
  if (isSecret) return new Map(texts);
  return new Map([
    ...texts.map(([key, text]) => [key, Buffer.from(text).toString("base64")] as const),
    ...binary,
  ]);
}

function managerOf({ manager = "", operation = "", time = "", fieldsV1 }: ManagedFields): KeyManager {
  const keys = ["f:data", "f:binaryData", "f:stringData"].flatMap((part) =>
    Object.keys(field(fieldsV1, part) ?? {})
      .filter((name) => name.startsWith("f:"))
      .map((name) => name.slice(2)),
  );
  return { manager, operation, time, keys: new Set(keys) };
}
