import type { StoreRule } from "../stores/store-rules.js";
import type { GeneratedField, GeneratedSecretSpec, GeneratedType } from "./generated-secret-manifest.js";

type Setting = keyof GeneratedSecretSpec;

const of = (setting: Setting, ...types: GeneratedType[]): StoreRule<GeneratedSecretSpec> => ({
  cel: `!has(self.${setting}) || self.type in [${types.map((type) => `'${type}'`).join(", ")}]`,
  message: `${setting} is for type: ${types.join(", ")} only`,
  holds: (spec) => spec[setting] === undefined || types.includes(spec.type),
});

/** The members of each type. */
export function generatedFields(type: GeneratedType): readonly GeneratedField[] {
  switch (type) {
    case "RSA":
    case "EC":
    case "Ed25519":
    case "SSH":
      return ["private", "public"];
    case "GPG":
      return ["password", "private", "public"];
    case "Random":
    case "Password":
    case "UUID":
      return ["value"];
  }
}

const has = (fields: readonly GeneratedField[]): string =>
  (["value", "private", "public", "password"] as const)
    .map((field) => `${fields.includes(field) ? "" : "!"}has(self.keys.${field})`)
    .join(" && ");

/** What must hold of every `spec`. */
export const GENERATED_SECRET_RULES: readonly StoreRule<GeneratedSecretSpec>[] = [
  of("bits", "RSA", "GPG"),
  of("curve", "EC"),
  of("form", "RSA", "EC", "Ed25519"),
  of("bytes", "Random"),
  of("length", "Password"),
  of("alphabet", "Password"),
  of("require", "Password"),
  of("userId", "GPG"),
  of("comment", "SSH"),
  {
    cel: "self.type != 'GPG' || has(self.userId)",
    message: "a GPG key is somebody's: add userId: NAME<EMAIL>",
    holds: ({ type, userId }) => type !== "GPG" || userId !== undefined,
  },
  {
    cel:
      "!has(self.keys) || " +
      `(self.type in ['Random', 'Password', 'UUID'] ? (${has(["value"])}) : ` +
      `self.type == 'GPG' ? (${has(["password", "private", "public"])}) : (${has(["private", "public"])}))`,
    message:
      "keys must name each member of the type, and no other: value, or private and public, or all but value",
    holds: ({ type, keys }) =>
      keys === undefined || String(Object.keys(keys).toSorted()) === String(generatedFields(type).toSorted()),
  },
];

/** What a cluster holds a change against; what is generated is never generated anew. */
export const GENERATED_SECRET_IMMUTABLE = {
  cel: "self == oldSelf",
  message: "a secret is generated once: leave this one as it is, and make another of another path",
} as const;
