import {
  type GeneratedSecretManifest,
  type GeneratedSecretSpec,
  generatedFields,
  generatedSecretFaults,
} from "@sluice/kubernetes/generated";
import { formatFault } from "@sluice/kubernetes/stores";
import { field, type KubernetesObject } from "@sluice/kubernetes";
import type { FamilySpec, KeyForm } from "../families/family-spec.js";
import type { Wanted } from "./wanted.js";
import type { MemberEncoding, WantedEntry } from "./wanted-secret.js";

/** What a `GeneratedSecret` asks for. */
export function wantedOfResource(object: KubernetesObject): Wanted {
  const { namespace = "", name } = object.metadata;
  const spec = field(object, "spec");
  const faults = generatedSecretFaults(spec);
  const problems = faults.map(
    (fault) => `GeneratedSecret ${namespace}/${name}: ${formatFault(fault)}. Correct it`,
  );
  if (problems.length > 0) return { secrets: [], leases: [], problems };
  const { store, ...rest } = (object as GeneratedSecretManifest).spec;
  const family = familyOf(rest);
  const encoding = rest.encoding ?? defaultEncoding(family);
  return {
    secrets: [{ name, store, spec: family, encoding, entries: entriesOf(rest) }],
    leases: [],
    problems,
  };
}

type Rest = Omit<GeneratedSecretSpec, "store">;

const DEFAULT_BITS = 3072;
const DEFAULT_SIZE = 32;

function familyOf(spec: Rest): FamilySpec {
  const form: KeyForm = spec.form === "DER" ? "der" : "pem";
  const { bits = DEFAULT_BITS, comment, alphabet, require } = spec;
  switch (spec.type) {
    case "RSA":
      return { type: "rsa", bits, form };
    case "EC":
      return { type: "ec", curve: spec.curve ?? "P-256", form };
    case "Ed25519":
      return { type: "ed25519", form };
    case "SSH":
      return { type: "ssh", ...(comment !== undefined && { comment }) };
    case "GPG":
      return { type: "gpg", bits, userId: spec.userId ?? "" };
    case "Random":
      return { type: "random", bytes: spec.bytes ?? DEFAULT_SIZE };
    case "Password":
      return {
        type: "password",
        length: spec.length ?? DEFAULT_SIZE,
        ...(alphabet !== undefined && { alphabet }),
        ...(require !== undefined && { require }),
      };
    case "UUID":
      return { type: "uuid" };
  }
}

function defaultEncoding(spec: FamilySpec): MemberEncoding {
  const isText = spec.type !== "random" && !("form" in spec && spec.form === "der");
  return isText ? "none" : "base64";
}

function entriesOf({ type, path, keys, separator = "_" }: Rest): WantedEntry[] {
  const fields = generatedFields(type);
  if (keys !== undefined)
    return [{ path, members: fields.map((field) => ({ field, key: keys[field] ?? field })) }];
  if (fields.length === 1) return [{ path, members: fields.map((field) => ({ field })) }];
  return fields.map((field) => ({ path: `${path}${separator}${field}`, members: [{ field }] }));
}
