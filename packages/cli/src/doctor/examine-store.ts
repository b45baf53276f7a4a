import {
  type CheckFinding,
  failureKind,
  type RequestOptions,
  type SecretReference,
  type SecretResolver,
  SluiceError,
  type StoreDefinition,
} from "@sluice/core";
import { examineClock } from "./examine-clock.js";
import { examineReferences } from "./examine-references.js";
import type { Finding } from "./finding.js";

export interface Patient {
  readonly store: string;
  readonly definition: StoreDefinition;
  /** What the configuration asks of this store. */
  readonly references: readonly SecretReference[];
}

/** Everything that can be found out about one store; failures are findings too. */
export async function examineStore(
  resolver: SecretResolver,
  { store, definition, references }: Patient,
  request: RequestOptions,
): Promise<Finding[]> {
  const [checked, outcomes] = await Promise.all([
    definition.capabilities.check === true ? checkStore(resolver, store, request) : [],
    resolver.settle(references, request),
  ]);
  if (references.length > 0) return [...checked, ...examineReferences(store, outcomes, Date.now())];
  const nothing: Finding = { store, aspect: "readable", status: "ok", message: "nothing refers to it" };
  return [...checked, nothing];
}

async function checkStore(
  resolver: SecretResolver,
  store: string,
  request: RequestOptions,
): Promise<Finding[]> {
  try {
    const { findings, storeTime } = await resolver.check(store, request);
    const clock = storeTime === undefined ? [] : [examineClock(store, storeTime, Date.now())];
    return [...findings.map((finding) => findingOf(store, finding)), ...clock];
  } catch (thrown) {
    if (!SluiceError.isInstance(thrown)) throw thrown;
    const { problem: message, remedy, kind } = thrown;
    return [{ store, aspect: "reachable", status: "failed", message, remedy, kind }];
  }
}

function findingOf(store: string, finding: CheckFinding): Finding {
  if (finding.status !== "failed") return { ...finding, store };
  const { failure, ...told } = finding;
  return { ...told, store, kind: failureKind({ status: failure }) };
}
