import { field } from "@sluice/kubernetes";

type Refused = readonly [path: string, why: string, instead: string];

/** Fields that are known, and not covered. */
const OF_SPEC: readonly Refused[] = [
  [
    "target.template.templateFrom",
    "is not covered, for templates in other objects are not read",
    "write the templates into target.template.data",
  ],
  ["target.manifest", "is not covered, for only Secrets are written", "leave this one to External Secrets"],
  ["syncWindows", "is not covered", "use a SecretSync with a window"],
];

const OF_ENTRIES: readonly Refused[] = [
  [
    "sourceRef.generatorRef",
    "names a generator, and nothing is generated here",
    "leave this one to External Secrets, or keep the value in a store",
  ],
];

const POLICIES: readonly (readonly [creation: string, deletion: string])[] = [
  ["Merge", "Delete"],
  ["None", "Delete"],
  ["None", "Merge"],
];

/** Why a `spec` asks for what is not covered, and what to do instead; `undefined` if it does not. Pure. */
export function refusedField(spec: unknown): string | undefined {
  return (
    refusedIn(spec, "spec", OF_SPEC) ??
    entriesOf(spec, "data").find((each) => each !== undefined) ??
    entriesOf(spec, "dataFrom").find((each) => each !== undefined) ??
    refusedPolicies(spec)
  );
}

function entriesOf(spec: unknown, name: "data" | "dataFrom"): (string | undefined)[] {
  const entries = field(spec, name);
  if (!Array.isArray(entries)) return [];
  return entries.map((entry: unknown, at) => {
    const place = `spec.${name}[${at}]`;
    const refused = refusedIn(entry, place, OF_ENTRIES);
    if (refused !== undefined) return refused;
    for (const part of ["remoteRef", "extract"])
      if (field(field(entry, part), "metadataPolicy") === "Fetch")
        return `${place}.${part}.metadataPolicy is Fetch, and tags are not read into Secrets: leave it out, and write what they say into target.template.metadata`;
    const rewrites = field(entry, "rewrite");
    for (const rewrite of Array.isArray(rewrites) ? (rewrites as unknown[]) : [])
      for (const other of ["transform", "merge"])
        if (field(rewrite, other) !== undefined)
          return `${place}.rewrite.${other} is not covered: use regexp, or target.template`;
    return undefined;
  });
}

function refusedPolicies(spec: unknown): string | undefined {
  const target = field(spec, "target");
  const found = POLICIES.find(
    ([creation, deletion]) =>
      field(target, "creationPolicy") === creation && field(target, "deletionPolicy") === deletion,
  );
  if (found === undefined) return undefined;
  return `spec.target.deletionPolicy is ${found[1]} with creationPolicy ${found[0]}, which would delete what others made: use Retain`;
}

function refusedIn(part: unknown, place: string, refusals: readonly Refused[]): string | undefined {
  for (const [path, why, instead] of refusals) {
    const found = path.split(".").reduce<unknown>((inner, name) => field(inner, name), part);
    if (found !== undefined && found !== null) return `${place}.${path} ${why}: ${instead}`;
  }
  return undefined;
}
