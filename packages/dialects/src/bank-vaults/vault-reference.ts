import type { VaultNotation } from "./bank-vaults-options.js";
import { isKeyTemplate, type KeyPart, parseKeyTemplate } from "./key-template.js";

/** A reference as it is written, taken apart. */
export type VaultReference =
  | { readonly kind: "login"; readonly notation: VaultNotation }
  | { readonly kind: "transit"; readonly notation: VaultNotation; readonly ciphertext: string }
  | {
      readonly kind: "read";
      readonly notation: VaultNotation;
      readonly path: string;
      readonly key: readonly KeyPart[];
      /** Left out for the latest. */
      readonly version?: string;
    }
  | {
      readonly kind: "write";
      readonly notation: VaultNotation;
      readonly path: string;
      readonly key: readonly KeyPart[];
      /** JSON text of an object. */
      readonly data: string;
    };

/** What is wrong with a reference, and what to do. */
export interface ReferenceFault {
  readonly fault: string;
  readonly remedy: string;
}

const START = /^(?<write>>>)?(?<notation>vault|bao):(?<rest>.*)$/s;

/** Whether a text claims to be a reference of this notation. */
export function isVaultReference(text: string): boolean {
  return START.test(text);
}

/** Reads `vault:PATH#KEY[#VERSION]`, `>>vault:PATH#KEY[#JSON]`, `vault:v1:CIPHERTEXT`, `vault:login`. */
export function parseVaultReference(text: string): VaultReference | ReferenceFault {
  const { write, notation: name, rest = "" } = START.exec(text)?.groups ?? {};
  const notation: VaultNotation = name === "bao" ? "bao" : "vault";
  if (write === undefined && rest === "login") return { kind: "login", notation };
  if (write === undefined && notation === "vault" && /^v\d+:./.test(rest))
    return { kind: "transit", notation, ciphertext: text };
  const [path = "", written, ...more] = rest.split("#");
  if (path === "") return { fault: "names no path", remedy: `Write ${notation}:PATH#KEY` };
  if (written === undefined || written === "")
    return { fault: "names no key", remedy: `Write ${notation}:PATH#KEY` };
  // What opens a template and does not close it was cut off by the first } of a text: no field is called so.
  const isTemplate = isKeyTemplate(written) || written.includes("${");
  const key = isTemplate ? parseKeyTemplate(written) : [{ field: written, decode: [] }];
  if ("fault" in key)
    return {
      fault: `has a template for its key that cannot be taken over: ${key.fault}`,
      remedy:
        "Use fields and b64enc, b64dec, trim, upper, lower, quote, urlquery, or write the value in its final form into the store",
    };
  const last = more.length === 0 ? undefined : more.join("#");
  return write === undefined ? readOf(notation, path, key, last) : writeOf(notation, path, key, last ?? "{}");
}

function readOf(
  notation: VaultNotation,
  path: string,
  key: readonly KeyPart[],
  version: string | undefined,
): VaultReference | ReferenceFault {
  // Both stand for the latest: the notation's own default is -1.
  if (version === undefined || version === "0" || version === "-1")
    return { kind: "read", notation, path, key };
  if (!/^[1-9]\d*$/.test(version))
    return { fault: "has a version that is no number", remedy: `Write ${notation}:PATH#KEY#NUMBER` };
  return { kind: "read", notation, path, key, version };
}

function writeOf(
  notation: VaultNotation,
  path: string,
  key: readonly KeyPart[],
  data: string,
): VaultReference | ReferenceFault {
  if (isJsonObject(data)) return { kind: "write", notation, path, key, data };
  return {
    fault: "hands over what is no JSON object",
    remedy: `Write >>${notation}:PATH#KEY#{"NAME":"VALUE"}`,
  };
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
