import * as fc from "fast-check";
import { DECODINGS, type SecretReference } from "./secret-reference.js";

/** Text that a reference may carry: any characters but control characters, the notation's own included. */
export const referenceText: fc.Arbitrary<string> = fc
  .oneof(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 24 }),
    fc.string({
      unit: fc.constantFrom(...Array.from("}#%&=?${} /\\\"'+~é€😀")),
      minLength: 1,
      maxLength: 24,
    }),
  )
  // oxlint-disable-next-line no-control-regex
  .filter((text) => !/[\u0000-\u001f\u007f-\u009f]/.test(text) && text.isWellFormed());

const storeName = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,10}[a-z0-9])?$/);
const path = referenceText.filter((text) => !text.split("/").some((part) => part === "." || part === ".."));

const version = fc.oneof(
  fc.constant({}),
  fc.record({ version: referenceText }),
  fc.record({ label: referenceText }),
);

/** Every reference that keeps the rules. */
export const arbitraryReference: fc.Arbitrary<SecretReference> = fc
  .tuple(
    fc.record(
      {
        store: storeName,
        path,
        key: referenceText,
        decode: fc.array(fc.constantFrom(...DECODINGS), { minLength: 1, maxLength: 4 }),
        volatile: fc.constant(true),
      },
      { requiredKeys: ["store", "path"] },
    ),
    version,
  )
  .map(([reference, selected]) => ({ ...reference, ...selected }));
