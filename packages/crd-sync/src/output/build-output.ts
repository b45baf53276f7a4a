import type { SecretValue } from "@sluice/core";
import type { Resource } from "@sluice/kubernetes";
import type { OutputKind } from "../source/sync-spec.js";
import { metadataFor } from "./decide-output.js";
import type { DesiredOutput } from "./desired-output.js";
import type { SyncOwner } from "./source-mark.js";

/** What a source applies to an output: only what it owns. It holds values. */
export interface AppliedOutput {
  readonly apiVersion: "v1";
  readonly kind: OutputKind;
  readonly metadata: { readonly name: string; readonly namespace: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** The object that a source applies. With a uid it is that very object or none. */
export function buildOutput(desired: DesiredOutput, owner: SyncOwner, uid?: string): AppliedOutput {
  const { kind, name, namespace, type, creationPolicy } = desired;
  const { apiVersion, kind: ownerKind, name: ownerName, uid: ownerUid } = owner;
  const ownerReferences = [{ apiVersion, kind: ownerKind, name: ownerName, uid: ownerUid }];
  const wantedType = type ?? (creationPolicy === "Merge" ? undefined : "Opaque");
  return {
    apiVersion: "v1",
    kind,
    metadata: {
      name,
      namespace,
      ...(uid !== undefined && { uid }),
      ...metadataFor(desired, owner),
      ...(creationPolicy === "Owner" && { ownerReferences }),
    },
    ...(kind === "Secret" && wantedType !== undefined && { type: wantedType }),
    ...(desired.immutable === true && { immutable: true }),
    ...(kind === "Secret" ? { data: encoded(desired.entries) } : texts(desired.entries)),
  };
}

/** Where outputs of a kind are. */
export function outputResource(kind: OutputKind, namespace?: string): Resource {
  const resource = { version: "v1", plural: kind === "Secret" ? "secrets" : "configmaps" };
  return { ...resource, ...(namespace !== undefined && { namespace }) };
}

function encoded(entries: Iterable<readonly [string, SecretValue]>): Record<string, string> {
  return Object.fromEntries(
    Array.from(entries, ([key, value]) => [key, Buffer.from(value.bytes()).toString("base64")]),
  );
}

/** A ConfigMap keeps texts as they are, and other bytes apart. */
function texts(entries: DesiredOutput["entries"]): { data?: object; binaryData?: object } {
  const plain: [string, string][] = [];
  const bytes: [string, SecretValue][] = [];
  for (const [key, value] of entries) {
    const text = value.textOrUndefined();
    if (text === undefined) bytes.push([key, value]);
    else plain.push([key, text]);
  }
  // Not by assigning: `__proto__` is a key that a ConfigMap may have.
  return { data: Object.fromEntries(plain), ...(bytes.length > 0 && { binaryData: encoded(bytes) }) };
}
