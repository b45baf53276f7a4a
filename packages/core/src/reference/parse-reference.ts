import { ReferenceSyntaxError } from "../errors/reference-syntax-error.js";
import { decodePart, type Fail } from "./decode-part.js";
import { parseParameters } from "./parse-parameters.js";
import { findForeign } from "./percent-encoding.js";
import { MAX_REFERENCE_LENGTH, REFERENCE_SCHEME, type SecretReference } from "./secret-reference.js";

const STORE_NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const SHAPE = /^(?<store>[^/?#]*)(?<path>\/[^?#]*)?(?<query>\?[^#]*)?(?<fragment>#.*)?$/s;

/** Whether `name` can name a store: a DNS-1123 label. */
export function isStoreName(name: string): boolean {
  return STORE_NAME.test(name);
}

/** Whether `text` claims to be a reference: it begins with `secret://`. It may still be malformed. */
export function isReference(text: string): boolean {
  return text.startsWith(REFERENCE_SCHEME);
}

/**
 * Reads `secret://STORE/PATH[?version=V][&label=L][&decode=base64,trim][&volatile=true][#KEY]`.
 *
 * STORE is a DNS-1123 label. PATH, values and KEY are percent-decoded; white space and any of `{}#?"<>\^|` and
 * the backtick must be written percent-encoded. `offset` is where `input` stands in a longer text.
 *
 * @throws ReferenceSyntaxError with the position of the fault. It quotes `input` only as far as that can be a
 *   reference: what follows may be a literal password.
 */
export function parseReference(input: string, offset = 0): SecretReference {
  if (!isReference(input)) throw notAReference(offset);
  const foreign = findForeign(input);
  const end = foreign === -1 ? input.length : foreign;
  const quoted = input.slice(0, Math.min(end, MAX_REFERENCE_LENGTH));
  const fail: Fail = (position, reason, remedy) => {
    throw new ReferenceSyntaxError({ input: quoted, position, offset, reason, remedy });
  };
  if (end > MAX_REFERENCE_LENGTH)
    fail(quoted.length, `it is longer than ${MAX_REFERENCE_LENGTH} characters`, "Shorten it");
  if (end < input.length)
    fail(
      end,
      `${JSON.stringify(input.charAt(end))} is not percent-encoded`,
      "Write special characters percent-encoded, as in %20 or %7D",
    );

  const {
    store = "",
    path = "",
    query = "",
    fragment = "",
  } = SHAPE.exec(input.slice(REFERENCE_SCHEME.length))?.groups ?? {};
  const pathAt = REFERENCE_SCHEME.length + store.length;
  const queryAt = pathAt + path.length;
  const fragmentAt = queryAt + query.length;

  if (!isStoreName(store))
    fail(
      REFERENCE_SCHEME.length,
      store === "" ? "the store's name is missing" : `${JSON.stringify(store)} is not a store name`,
      "A store name is lower-case letters, digits and hyphens, at most 63 of them",
    );
  if (path.length <= 1) fail(pathAt, "the path is missing", `Write secret://${store}/PATH`);
  if (fragment === "#") fail(fragmentAt, "the key after # is missing", "Write #KEY, or leave # out");

  return {
    store,
    path: checkSegments(decodePart(path.slice(1), pathAt + 1, "path", fail), pathAt + 1, fail),
    ...(fragment !== "" && { key: decodePart(fragment.slice(1), fragmentAt + 1, "key", fail) }),
    ...(query !== "" && parseParameters(query.slice(1), queryAt + 1, fail)),
  };
}

function checkSegments(path: string, at: number, fail: Fail): string {
  const dots = path.split("/").find((segment) => segment === "." || segment === "..");
  if (dots !== undefined)
    fail(at, `the path has a "${dots}" segment`, "Name the secret by its full path within the store");
  return path;
}

// Quotes nothing: what is no reference at all is most likely the secret itself.
function notAReference(offset: number): ReferenceSyntaxError {
  return new ReferenceSyntaxError({
    input: "",
    position: 0,
    offset,
    reason: `it does not begin with ${REFERENCE_SCHEME}`,
    remedy: "Write secret://STORE/PATH",
  });
}
