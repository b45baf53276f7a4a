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
import { IssuedSecrets, OwnSecrets } from "./issued-secrets.js";

/** Reads for several who ask. */
export interface SharedReader extends SecretReader {
  /**
   * Reads for one of them who asks again and again, as the launcher of a container does at its start and for its probes. What is
   * issued to it by the word of a reference (`volatile=true`) is given to it again while its lease lives, and to nobody else.
   */
  forOne(): SecretReader;
}

export interface SharedReading {
  /** What the files are made of at present. */
  readonly followed: () => ReadonlySet<string>;
  /** Called when something with a lease was read that no file has. */
  readonly onIssued: () => Promise<void>;
}

/**
 * Reads for others beside the files: what these are made of comes from the same reading, so that one lease serves all, a
 * field of it too. What no file reads is read anew each time, all of a request at once, but for what was issued with a lease:
 * that is held while it lives, for whoever asks may ask as often as a probe does.
 */
export function sharedReader(
  secrets: HeldSecrets,
  resolver: Pick<SecretResolver, "settle" | "leases">,
  { followed, onIssued }: SharedReading,
): SharedReader {
  const others = new IssuedSecrets(secrets, resolver, onIssued);
  const settle = async (
    references: Readonly<Record<string, ReferenceInput>>,
    request?: RequestOptions,
    own?: OwnSecrets,
  ): Promise<Readonly<Record<string, ReferenceOutcome>>> => {
    const known = followed();
    const wanted = Object.entries(references).map(([label, input]) => {
      const reference = parseReference(typeof input === "string" ? input : formatReference(input));
      return { label, reference, shared: sharedPart(reference, known) };
    });
    const rest = wanted.filter(({ shared }) => shared === undefined).map(({ reference }) => reference);
    const [unshared, ...outcomes] = await Promise.all([
      others.read(rest, own),
      ...wanted.map(async ({ reference, shared }) =>
        shared === undefined
          ? undefined
          : fieldOf(reference, shared, await one(secrets.reader, shared, request)),
      ),
    ]);
    return Object.fromEntries(
      wanted.map(({ label, reference }, index) => [
        label,
        outcomes[index] ?? (unshared.get(formatReference(reference)) as ReferenceOutcome),
      ]),
    );
  };
  const readerOf = (own?: OwnSecrets): SecretReader => ({
    settle: (async (references: Readonly<Record<string, ReferenceInput>>, request?: RequestOptions) =>
      settle(references, request, own)) as SecretReader["settle"],
  });
  return { ...readerOf(), forOne: () => readerOf(new OwnSecrets()) };
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
