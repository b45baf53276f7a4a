import { closestName } from "../util/closest-name.js";
import { decodePart, type Fail } from "./decode-part.js";
import { type Decoding, DECODINGS, type SecretReference } from "./secret-reference.js";

type Parameters = Pick<SecretReference, "version" | "label" | "decode" | "volatile">;

const NAMES = ["version", "label", "decode", "volatile"] as const satisfies readonly (keyof Parameters)[];

/** Reads `NAME=VALUE&…`, which begins at `start` of the reference. */
export function parseParameters(query: string, start: number, fail: Fail): Parameters {
  let parameters: Parameters = {};
  let at = start;
  for (const assignment of query.split("&")) {
    const name = assignment.split("=", 1)[0] ?? "";
    const valueAt = at + name.length + 1;
    if (!isParameter(name))
      return fail(at, `${JSON.stringify(name)} is not a parameter`, suggest(name, NAMES));
    if (valueAt >= at + assignment.length) fail(at, `${name} has no value`, `Write ${name}=VALUE`);
    if (name in parameters) fail(at, `${name} is given twice`, "Give it once");
    const value = decodePart(assignment.slice(name.length + 1), valueAt, name, fail);
    parameters = { ...parameters, ...parseValue(name, value, valueAt, fail) };
    at += assignment.length + 1;
  }
  if (parameters.version !== undefined && parameters.label !== undefined)
    fail(start, "version and label exclude each other", "Give one of them");
  return parameters;
}

function parseValue(name: keyof Parameters, value: string, at: number, fail: Fail): Parameters {
  switch (name) {
    case "version":
    case "label":
      return { [name]: value };
    case "decode":
      return {
        decode: value.split(",").map((decoding) => {
          if (isDecoding(decoding)) return decoding;
          return fail(at, `${JSON.stringify(decoding)} is not a decoding`, suggest(decoding, DECODINGS));
        }),
      };
    case "volatile":
      if (value !== "true") fail(at, "volatile can only be true", "Write volatile=true, or leave it out");
      return { volatile: true };
  }
}

function isParameter(name: string): name is (typeof NAMES)[number] {
  return NAMES.some((known) => known === name);
}

function isDecoding(name: string): name is Decoding {
  return DECODINGS.some((known) => known === name);
}

function suggest(name: string, known: readonly string[]): string {
  const near = closestName(name, known);
  return near ? `Did you mean "${near}"?` : `Known are: ${known.join(", ")}`;
}
