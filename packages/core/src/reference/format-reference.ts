import { percentEncode } from "./percent-encoding.js";
import { REFERENCE_SCHEME, type SecretReference } from "./secret-reference.js";

/**
 * Writes a reference in its canonical form, which `parseReference` reads back equal. Data that breaks the
 * rules of {@link SecretReference} is written so that `parseReference` refuses it, never as another reference.
 */
export function formatReference(reference: SecretReference): string {
  const parameters = [
    reference.version !== undefined && `version=${percentEncode(reference.version, "&=")}`,
    reference.label !== undefined && `label=${percentEncode(reference.label, "&=")}`,
    reference.decode !== undefined &&
      reference.decode.length > 0 &&
      `decode=${percentEncode(reference.decode.join(","), "&=")}`,
    reference.volatile === true && "volatile=true",
  ].filter((parameter) => parameter !== false);
  const query = parameters.length > 0 ? `?${parameters.join("&")}` : "";
  const fragment = reference.key === undefined ? "" : `#${percentEncode(reference.key)}`;
  return `${REFERENCE_SCHEME}${percentEncode(reference.store, "/")}/${percentEncode(reference.path)}${query}${fragment}`;
}
