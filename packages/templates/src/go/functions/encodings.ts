import { createHash, createHmac } from "node:crypto";
import { TemplateProblem } from "../template-problem.js";
import { asGoString, bytesOf, fromBytes, type GoString } from "../values/go-string.js";
import { ofStrings, type GoFunctions } from "./go-function.js";

const STANDARD = /^[A-Za-z0-9+/]*={0,2}$/;
const URL_SAFE = /^[A-Za-z0-9\-_]*={0,2}$/;

/** Base64 and digests. */
export const ENCODING_FUNCTIONS: GoFunctions = {
  base64Decode: ofStrings(1, ([text]) => decode(text, STANDARD, "base64Decode")),
  base64Encode: ofStrings(1, ([text], { meter }) => {
    meter.bytes(text.length * 2);
    return asGoString(bytesOf(text).toString("base64"));
  }),
  base64URLDecode: ofStrings(1, ([text]) => decode(text, URL_SAFE, "base64URLDecode")),
  base64URLEncode: ofStrings(1, ([text], { meter }) => {
    meter.bytes(text.length * 2);
    const bare = bytesOf(text).toString("base64url");
    return asGoString(bare.padEnd(Math.ceil(bare.length / 4) * 4, "="));
  }),
  sha256Hex: ofStrings(1, ([text]) => asGoString(createHash("sha256").update(bytesOf(text)).digest("hex"))),
  md5sum: ofStrings(1, ([text]) => asGoString(createHash("md5").update(bytesOf(text)).digest("hex"))),
  hmacSHA256Hex: ofStrings(2, ([message, key]) =>
    asGoString(createHmac("sha256", bytesOf(key)).update(bytesOf(message)).digest("hex")),
  ),
};

/** Line breaks are passed over, as in Go; anything else that is not padded base64 is an error. */
function decode(text: GoString, alphabet: RegExp, name: string): GoString {
  const bare = text.replaceAll(/[\r\n]/g, "");
  if (!alphabet.test(bare) || bare.length % 4 !== 0)
    throw new TemplateProblem(`the argument of ${name} is not base64`);
  return fromBytes(Buffer.from(bare, name === "base64Decode" ? "base64" : "base64url"));
}
