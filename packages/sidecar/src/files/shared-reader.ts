import {
  formatReference,
  parseFields,
  parseReference,
  type ReferenceInput,
  type ReferenceOutcome,
  type RequestOptions,
  type SecretReference,
  type SecretResolver,
  SecretValue,
} from "@sluice/core";
import type { SecretReader } from "@sluice/files";
import type { HeldSecrets } from "./held-secrets.js";

/**
 * Reads for others beside the files: what these are made of comes from the same reading, so that one lease serves all, a
 * field of it too. What no file reads is not followed, and so read anew each time.
 *
 * @param followed - What the files are made of at present.
 */
export function sharedReader(
  secrets: HeldSecrets,
  resolver: Pick<SecretResolver, "settle">,
  followed: () => ReadonlySet<string>,
): SecretReader {
  const settle = async (
    references: Readonly<Record<string, ReferenceInput>>,
    request?: RequestOptions,
  ): Promise<Readonly<Record<string, ReferenceOutcome>>> => {
    const known = followed();
    const outcomes = Object.entries(references).map(
      async ([label, input]): Promise<[string, ReferenceOutcome]> => {
        const reference = parseReference(typeof input === "string" ? input : formatReference(input));
        const shared = sharedPart(reference, known);
        if (shared === undefined) return [label, await one(resolver, formatReference(reference), request)];
        return [label, fieldOf(reference, shared, await one(secrets.reader, shared, request))];
      },
    );
    return Object.fromEntries(await Promise.all(outcomes));
  };
  return { settle: settle as SecretReader["settle"] };
}

async function one(
  reader: Pick<SecretResolver, "settle">,
  reference: string,
  request: RequestOptions | undefined,
): Promise<ReferenceOutcome> {
  const read = (await reader.settle({ reference }, request)) as { readonly reference: ReferenceOutcome };
  return read.reference;
}

/** What of the files' secrets a reference is, or is a field of. One that issues by its own word shares with nobody. */
function sharedPart(reference: SecretReference, known: ReadonlySet<string>): string | undefined {
  const written = formatReference(reference);
  if (known.has(written)) return written;
  const { key, decode, ...whole } = reference;
  if (key === undefined || (decode !== undefined && decode.length > 0)) return undefined;
  const base = formatReference(whole);
  return known.has(base) ? base : undefined;
}

function fieldOf(reference: SecretReference, shared: string, outcome: ReferenceOutcome): ReferenceOutcome {
  const written = formatReference(reference);
  if (outcome.status !== "found" || reference.key === undefined || shared === written)
    return { ...outcome, reference: written };
  const fields = parseFields(outcome.value);
  const field = "status" in fields ? undefined : fields.get(reference.key);
  if (field !== undefined && SecretValue.isInstance(field))
    return { ...outcome, reference: written, value: field };
  return {
    status: "not-found",
    reason: "field-missing",
    message: `has no field "${reference.key}"`,
    remedy: "Correct the field's name",
    reference: written,
    store: reference.store,
  };
}
