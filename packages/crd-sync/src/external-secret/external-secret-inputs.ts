import type { SecretReference } from "@sluice/core";
import { RE2JS } from "re2js";
import { externalStoreName, type ExternalStoreRef } from "../external-stores/external-store-name.js";
import type { ExternalStore } from "../external-stores/external-store.js";
import type { SyncInput } from "../source/sync-spec.js";
import { convertValue } from "./convert-value.js";
import { ExternalSecretProblem } from "./external-secret-problem.js";
import type {
  ExternalSecretEntry,
  ExternalSecretGroup,
  ExternalSecretSpec,
  RemoteRef,
} from "./external-secret.js";
import { rewriteKey } from "./rewrite-key.js";

type Find = (ref: ExternalStoreRef) => ExternalStore | undefined;

/** Characters by which a property would be a query, and no name: of gjson, which they take. */
const QUERY = /[#|@*?\\[\]{}!]/;

/**
 * What is read, in the order in which later keys win. Of a store that is not known, or cannot be used, the paths are
 * not known either: whoever reads is told by the store what is wrong with it. Pure.
 *
 * @throws {ExternalSecretProblem}
 */
export function inputsOf(spec: ExternalSecretSpec, find: Find): SyncInput[] {
  const { data = [], dataFrom = [] } = spec;
  return [
    ...dataFrom.map((group, at) => groupInput(group, `dataFrom[${at}]`, spec, find)),
    ...data.map((entry, at) => entryInput(entry, `data[${at}]`, spec, find)),
  ];
}

function entryInput(
  { secretKey, remoteRef, sourceRef }: ExternalSecretEntry,
  place: string,
  spec: ExternalSecretSpec,
  find: Find,
): SyncInput {
  const ref = refOf(sourceRef?.storeRef ?? spec.secretStoreRef, place);
  const { reference, nested } = referenceOf(remoteRef, ref, `${place}.remoteRef`, find);
  const convert = convertValue(nested, remoteRef.decodingStrategy ?? "None");
  return { kind: "value", key: secretKey, reference, ...(convert !== undefined && { convert }) };
}

function groupInput(
  { extract, find: search, rewrite = [], sourceRef }: ExternalSecretGroup,
  place: string,
  spec: ExternalSecretSpec,
  find: Find,
): SyncInput {
  const ref = refOf(sourceRef?.storeRef ?? spec.secretStoreRef, place);
  if ((extract === undefined) === (search === undefined))
    throw new ExternalSecretProblem(place, "needs either extract or find", "name what is to be read");
  const rewrites = rewrite.map(({ regexp }) => regexp).filter((each) => each !== undefined);
  const asked = extract ?? search;
  const keyOf = rewriteKey(rewrites, asked?.conversionStrategy ?? "Default");
  const convert = convertValue(undefined, asked?.decodingStrategy ?? "None");
  const common = { prefix: "", decode: [], ...(convert !== undefined && { convert }) } as const;
  if (extract !== undefined) {
    const { reference, nested } = referenceOf(extract, ref, `${place}.extract`, find);
    if (nested !== undefined)
      throw new ExternalSecretProblem(
        `${place}.extract.property`,
        "names a field inside of a field",
        "name one that the secret itself has",
      );
    return { kind: "fields", reference, keyOf, ...common };
  }
  const { path = "", name, tags = {} } = search ?? {};
  const store = find(ref);
  const beginning = store?.paths.prefixOf(path) ?? path;
  const nameOf = store?.paths.nameOf ?? ((found: string) => found);
  // In time linear in the name, whatever is written there; found anywhere in it, as they do.
  const pattern = name?.regexp === undefined ? undefined : RE2JS.compile(name.regexp);
  return {
    kind: "search",
    store: externalStoreName(ref),
    path: beginning,
    fits: (rest) => {
      const called = nameOf(beginning + rest);
      return called !== undefined && (pattern === undefined || pattern.matcher(called).find());
    },
    tags,
    keyOf: (found) => keyOf(nameOf(found) ?? found),
    ...common,
  };
}

function referenceOf(
  { key, property = "", version = "" }: RemoteRef,
  ref: ExternalStoreRef,
  place: string,
  find: Find,
): { readonly reference: SecretReference; readonly nested: string | undefined } {
  if (QUERY.test(property))
    throw new ExternalSecretProblem(
      `${place}.property`,
      "is a query, and only names of fields are covered",
      "name a field, or take the secret apart in target.template",
    );
  const store = find(ref);
  const path = store?.paths.pathOf(key) ?? key;
  if (typeof path !== "string")
    throw new ExternalSecretProblem(`${place}.key`, path.problem, "see docs/external-secrets.md");
  const isNested = property.includes(".");
  const reference = {
    store: externalStoreName(ref),
    path,
    ...(property !== "" && !isNested && { key: property }),
    ...(version !== "" && (store?.paths.versionOf(version) ?? { version })),
  };
  return { reference, nested: isNested ? property : undefined };
}

function refOf(written: Partial<ExternalStoreRef> | undefined, place: string): ExternalStoreRef {
  const { name, kind = "SecretStore" } = written ?? {};
  if (name !== undefined) return { kind, name };
  throw new ExternalSecretProblem(
    place,
    "names no store, and neither does spec.secretStoreRef",
    "name one in spec.secretStoreRef",
  );
}

/** Every store that it names, for messages. */
export function storesOf({
  secretStoreRef,
  data = [],
  dataFrom = [],
}: ExternalSecretSpec): ExternalStoreRef[] {
  const written = [secretStoreRef, ...[...data, ...dataFrom].map(({ sourceRef }) => sourceRef?.storeRef)];
  return written.flatMap((ref) =>
    ref?.name === undefined ? [] : [{ kind: ref.kind ?? "SecretStore", name: ref.name } as const],
  );
}
