import {
  type Failure,
  parseJsonExactly,
  parseReference,
  formatReference,
  type ResolvedReference,
  type SecretReference,
} from "@sluice/core";
import type { SecretAnswer, TemplateSource } from "@sluice/templates/go";
import type { Fault } from "./filling.js";
import type { SecretReads } from "./secret-reads.js";

/** Thrown through a template when something it asks for cannot be had; the faults say what. */
export class UnreadSecret extends Error {
  override readonly name = "UnreadSecret";

  constructor() {
    super("A secret of the template could not be read");
  }
}

/**
 * `secret "PATH"` of templates as references to one store: `PATH?version=N` as its version N. What is below `data/`, as in
 * the API of Vault's key-value engine of version 2, has its fields in `.Data.data`, everything else in `.Data`; a secret
 * that is no JSON object is the field `value`.
 *
 * @param faults - Where everything goes that could not be read.
 */
export function referenceSource(store: string, reads: SecretReads, faults: Fault[]): TemplateSource {
  return {
    readSecret: async (path, args) => {
      const reference = args === undefined ? templateReference(store, path) : WRITES;
      if ("status" in reference)
        return fail(faults, { ...reference, reference: `secret://${store}/${path}` });
      await reads.fetch([reference]);
      const outcome = reads.outcomeOf(reference);
      if (outcome.status !== "found") return fail(faults, outcome);
      return answerOf(reference.path, outcome);
    },
  };
}

/** The reference that a template means by a path, or why there is none. */
export function templateReference(store: string, text: string): SecretReference | Failure {
  const [path = "", query = ""] = text.split("?", 2);
  const version = new URLSearchParams(query).get("version");
  const reference = { store, path, ...(version !== null && version !== "" && { version }) };
  try {
    return parseReference(formatReference(reference));
  } catch {
    return {
      status: "invalid",
      reason: "not-a-path",
      message: "cannot be a path in a store",
      remedy: "Write the full path of the secret in its store",
    };
  }
}

function answerOf(path: string, outcome: ResolvedReference): SecretAnswer {
  const { value, version, lease } = outcome;
  const fields = fieldsOf(value.text());
  const isVersioned = path.split("/").slice(1, -1).includes("data");
  return {
    data: isVersioned ? { data: fields, metadata: { version: numberOr(version) } } : fields,
    ...(lease !== undefined && {
      lease_id: lease.id,
      lease_duration: Math.floor(lease.ttlMs / 1000),
      renewable: lease.renewable,
    }),
  };
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed = /^\s*\{/.test(text) ? parseJsonExactly(text) : undefined;
    if (typeof parsed === "object" && parsed !== null) return parsed as Readonly<Record<string, unknown>>;
  } catch {
    // A text that looks like JSON and is none is taken as it stands; the parser's message quotes it.
  }
  return { value: text };
}

function numberOr(version: string | undefined): number | string {
  return version !== undefined && /^\d{1,15}$/.test(version) ? Number(version) : (version ?? "");
}

function fail(faults: Fault[], fault: Fault): never {
  if (!faults.some(({ reference }) => reference === fault.reference)) faults.push(fault);
  throw new UnreadSecret();
}

const WRITES: Failure = {
  status: "unsupported",
  reason: "template-writes",
  message: "is written to by the template, which hands it arguments",
  remedy: "Read it without arguments",
};
