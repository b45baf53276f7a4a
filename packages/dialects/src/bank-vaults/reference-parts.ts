import {
  type Decoding,
  formatReference,
  parseReference,
  ReferenceSyntaxError,
  type SecretReference,
} from "@sluice/core";
import type { KeyField, KeyPart } from "./key-template.js";
import type { ReferenceFault, VaultReference } from "./vault-reference.js";

/** Literal text and references of ours. */
export type ReferenceParts = readonly (string | SecretReference)[];

/** What the writer of a reference need not say. */
export interface Surroundings {
  readonly store: string;
  readonly transit: { readonly key?: string; readonly path: string };
  readonly issues: (path: string) => boolean;
  /** What `login` stands for. */
  readonly login?: string;
}

/** Says in references of ours what a reference of this notation says. */
export function referenceParts(
  reference: VaultReference,
  around: Surroundings,
): ReferenceParts | ReferenceFault {
  const parts = partsOf(reference, around);
  if ("fault" in parts) return parts;
  for (const part of parts) {
    const fault = typeof part === "string" ? undefined : faultOf(part);
    if (fault !== undefined) return fault;
  }
  return parts;
}

function partsOf(reference: VaultReference, around: Surroundings): ReferenceParts | ReferenceFault {
  const { store, issues } = around;
  switch (reference.kind) {
    case "login":
      return around.login === undefined ? NO_LOGIN : [parseReference(around.login)];
    case "transit":
      return transitParts(reference.ciphertext, around);
    case "read": {
      const path = plainPath(reference.path);
      if (path.includes("?")) return QUESTION_MARK;
      const { version } = reference;
      const read: SecretReference = {
        store,
        path,
        ...(version !== undefined && { version }),
        ...(version === undefined && issues(path) && { volatile: true }),
      };
      return reference.key.map((part) => fieldOf(read, part));
    }
    case "write":
      return writeParts(plainPath(reference.path), reference.data, reference.key, store);
  }
}

function transitParts(ciphertext: string, { store, transit }: Surroundings): ReferenceParts | ReferenceFault {
  if (transit.key === undefined || transit.key === "") return NO_TRANSIT_KEY;
  return [{ store, path: `${plainPath(transit.path)}/decrypt/${transit.key}?ciphertext=${ciphertext}` }];
}

function writeParts(
  path: string,
  data: string,
  key: readonly KeyPart[],
  store: string,
): ReferenceParts | ReferenceFault {
  if (path.includes("?")) return QUESTION_MARK;
  if (/^[^/]+\/data\//.test(path)) return WRITES_SECRET;
  const ciphertext = /^(?:.+\/)?decrypt\/[^/]+$/.test(path) ? ciphertextIn(data) : undefined;
  if (ciphertext !== undefined) return decryptedParts({ store, path: `${path}?${ciphertext}` }, key);
  // Numbers must stay as they are written, so the text goes on as it is.
  const write: SecretReference = { store, path: `${path}?${data === "{}" ? "" : data}`, volatile: true };
  return key.map((part) => fieldOf(write, part));
}

/** The store gives what a ciphertext stands for, where the server's answer has it as base64 in one field. */
function decryptedParts(
  decrypted: SecretReference,
  key: readonly KeyPart[],
): ReferenceParts | ReferenceFault {
  if (key.some((part) => typeof part !== "string" && part.field !== "plaintext")) return ONLY_PLAINTEXT;
  return key.map((part) => (typeof part === "string" ? part : decoded(decrypted, plaintextDecoding(part))));
}

function plaintextDecoding({ decode: [first, ...others] }: KeyField): readonly Decoding[] {
  if (first === "base64") return others;
  return first === undefined ? ["encode-base64"] : ["encode-base64", first, ...others];
}

function ciphertextIn(data: string): string | undefined {
  const { ciphertext, ...others } = JSON.parse(data) as Readonly<Record<string, unknown>>;
  if (typeof ciphertext !== "string" || !/^[\w:+/=-]+$/.test(ciphertext)) return undefined;
  return Object.keys(others).length === 0 ? `ciphertext=${ciphertext}` : data;
}

function fieldOf(secret: SecretReference, part: KeyPart): string | SecretReference {
  return typeof part === "string" ? part : decoded({ ...secret, key: part.field }, part.decode);
}

function decoded(secret: SecretReference, decode: readonly Decoding[]): SecretReference {
  return decode.length === 0 ? secret : { ...secret, decode };
}

/** Some people begin paths with a slash, as those of files. */
function plainPath(path: string): string {
  return path.replace(/^\/+/, "").replace(/\/+$/, "");
}

function faultOf(reference: SecretReference): ReferenceFault | undefined {
  try {
    parseReference(formatReference(reference));
    return undefined;
  } catch (thrown) {
    if (!ReferenceSyntaxError.isInstance(thrown)) throw thrown;
    return { fault: `cannot be written as a reference: ${thrown.reason}`, remedy: thrown.remedy };
  }
}

const NO_LOGIN: ReferenceFault = {
  fault: "asks for the token of a login, and no token of ours is given to a container",
  remedy:
    "Let the program log in with the service account's token, or set the dialect's login to the reference of a token for it",
};

const NO_TRANSIT_KEY: ReferenceFault = {
  fault: "is a ciphertext, and nothing says with which key it is decrypted",
  remedy: "Add the annotation secrets-webhook.security.bank-vaults.io/vault-transit-key-id",
};

const QUESTION_MARK: ReferenceFault = {
  fault: "has a ? in its path, behind which stands what an engine is handed",
  remedy: "Write >>vault:PATH#KEY#JSON to hand something over",
};

const WRITES_SECRET: ReferenceFault = {
  fault: "writes a secret of a key-value engine each time a container starts",
  remedy: "Write the secret once, by other means, and read it with vault:PATH#KEY",
};

const ONLY_PLAINTEXT: ReferenceFault = {
  fault: "asks decrypting for another field than plaintext",
  remedy: "Write #${.plaintext | b64dec}",
};
