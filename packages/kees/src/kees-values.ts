import { type FailedReference, formatReference, type ResolutionFailure, SecretValue } from "@sluice/core";
import {
  type KeesAnnotations,
  type KeesParameter,
  type KeesResource,
  type KeesSecret,
  keesPath,
} from "@sluice/dialects";
import { localLease, localValue } from "@sluice/dialects/kees-local";
import { findLease } from "./find-lease.js";
import { type KeesReading, noPodName, requestOf } from "./kees-reading.js";

/** A value as the store has it, or would have it. */
export interface KeesValue {
  readonly parameter: KeesParameter;
  readonly stored: SecretValue;
  /** Made here, and so in Base64 as kees keeps values; else it is as the store holds them. */
  readonly isMade?: boolean;
}

export interface KeesValues {
  readonly values: readonly KeesValue[];
  readonly failures: readonly ResolutionFailure[];
}

type Read = KeesValue | ResolutionFailure;

/**
 * Reads everything that annotations ask for. With `remote-then-local` a local value stands in for what the store
 * says it does not have, and for nothing else: that a store is away or refuses is a failure.
 */
export async function readKeesValues(
  annotations: KeesAnnotations,
  reading: KeesReading,
): Promise<KeesValues> {
  const { parameters, mode, storagePrefix } = annotations;
  const fromStore = mode === "local" ? [] : await readStored(parameters, storagePrefix, reading);
  const read: Read[] = [];
  for (const parameter of parameters) {
    const stored = fromStore.find((each) => labelOf(each) === parameter.annotation);
    const isMissing = stored !== undefined && "status" in stored && stored.status === "not-found";
    const isLocal = mode === "local" || (mode === "remote-then-local" && isMissing);
    if (isLocal) read.push(await local(parameter, storagePrefix, reading));
    else if (stored !== undefined) read.push(stored);
  }
  return {
    values: read.filter((each): each is KeesValue => "stored" in each),
    failures: read.filter((each): each is ResolutionFailure => "status" in each),
  };
}

function labelOf(read: Read): string {
  return "label" in read ? read.label : read.parameter.annotation;
}

/** Everything but the leases is one request. */
async function readStored(
  parameters: readonly KeesParameter[],
  prefix: string,
  reading: KeesReading,
): Promise<readonly Read[]> {
  const { reader, store, key } = reading;
  const plain = parameters.filter((each): each is KeesSecret | KeesResource => each.is !== "lease");
  const references = plain.map((parameter) => ({
    store,
    path: keesPath(prefix, parameter),
    ...(key !== undefined && { key }),
  }));
  const outcomes = await reader.settle(references, requestOf(reading));
  const read = plain.map((parameter, index): Read => {
    const outcome = outcomes[index];
    if (outcome?.status === "found") return { parameter, stored: outcome.value };
    return failureOf(parameter, outcome ?? notRead(references[index]));
  });
  for (const lease of parameters)
    if (lease.is === "lease") {
      const found = await findLease(lease, prefix, reading);
      read.push("index" in found ? indexValue(lease, found.index) : failureOf(lease, found));
    }
  return read;
}

async function local(parameter: KeesParameter, prefix: string, { podName }: KeesReading): Promise<Read> {
  if (parameter.is === "lease")
    return podName === undefined
      ? failureOf(parameter, noPodName(parameter.name))
      : indexValue(parameter, localLease(prefix, podName, parameter));
  const { localModeValue } = parameter;
  if (localModeValue !== undefined)
    return { parameter, stored: SecretValue.fromText(localModeValue), isMade: true };
  if (parameter.is === "resource")
    return failureOf(parameter, {
      ...noLocal(parameter.name),
      message: "has no localModeValue, and no value can be made for a resource",
      remedy: "Give its annotation localModeValue=BASE64",
    });
  const made = await localValue(parameter);
  if ("bytes" in made) return valueOf(parameter, made.bytes);
  return failureOf(parameter, {
    ...noLocal(parameter.name),
    message: made.problem,
    remedy: made.remedy,
  });
}

function indexValue(parameter: KeesParameter, index: number): KeesValue {
  return valueOf(parameter, Buffer.from(String(index)));
}

function valueOf(parameter: KeesParameter, bytes: Uint8Array): KeesValue {
  return { parameter, stored: SecretValue.fromText(Buffer.from(bytes).toString("base64")), isMade: true };
}

function failureOf({ annotation }: KeesParameter, failure: FailedReference): ResolutionFailure {
  return { ...failure, label: annotation };
}

function noLocal(name: string): FailedReference {
  return { reference: name, status: "invalid", reason: "local-mode" };
}

function notRead(reference: Parameters<typeof formatReference>[0] | undefined): FailedReference {
  return {
    reference: reference === undefined ? "?" : formatReference(reference),
    status: "unavailable",
    reason: "not-read",
  };
}
