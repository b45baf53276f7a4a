import { decodeValue, type Failure, parseFields, SecretValue } from "@sluice/core";
import type { ConvertValue } from "../source/sync-spec.js";

export type DecodingStrategy = "None" | "Base64" | "Base64URL" | "Auto";

/** What `property` and `decodingStrategy` make of a value; `undefined` if that is nothing. Pure. */
export function convertValue(
  nested: string | undefined,
  strategy: DecodingStrategy,
): ConvertValue | undefined {
  if (nested === undefined && strategy === "None") return undefined;
  return (value) => {
    const picked = nested === undefined ? value : pick(value, nested);
    return SecretValue.isInstance(picked) ? decodeAs(picked, strategy) : picked;
  };
}

/** A field by its name, else by the names that dots part: `db.user` of `{"db":{"user":"app"}}`. */
function pick(value: SecretValue, property: string): SecretValue | Failure {
  const fields = parseFields(value);
  if ("status" in fields) return fields;
  const whole = fields.get(property);
  if (whole !== undefined) return whole;
  // The longest name first, for names may have dots themselves.
  for (let at = property.lastIndexOf("."); at > 0; at = property.lastIndexOf(".", at - 1)) {
    const outer = fields.get(property.slice(0, at));
    if (outer === undefined || !SecretValue.isInstance(outer)) continue;
    const inner = pick(outer, property.slice(at + 1));
    if (SecretValue.isInstance(inner)) return inner;
  }
  return {
    status: "not-found",
    reason: "field-missing",
    message: `has no field "${property}"`,
    remedy: "Correct property, or the secret",
  };
}

function decodeAs(value: SecretValue, strategy: DecodingStrategy): SecretValue | Failure {
  switch (strategy) {
    case "None":
      return value;
    case "Base64":
      return decodeValue(value, ["base64"]);
    case "Base64URL":
      return decodeValue(value, ["base64url"]);
    case "Auto":
      // What is neither is not encoded.
      for (const decoding of ["base64", "base64url"] as const) {
        const decoded = decodeValue(value, [decoding]);
        if (SecretValue.isInstance(decoded)) return decoded;
      }
      return value;
  }
}
