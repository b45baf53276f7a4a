import { type ReferenceOutcome, SecretValue } from "@sluice/core";
import { bankVaults, secretsInit, sluice } from "@sluice/dialects";
import {
  type AdmissionAnswer,
  type AdmissionRequest,
  createObjectAdmission,
  type ObjectReaderIdentity,
  type ObjectRule,
} from "@sluice/webhook";
import { applyPatch } from "rfc6902";
import { expect } from "vitest";
import { requestOf } from "./support.js";

export const VALUES: Readonly<Record<string, string | Uint8Array>> = {
  "secret://vault/secret/data/db#user": "u",
  "secret://vault/secret/data/db#password": "p:w",
  "secret://prod/db": "native",
  "secret://prod/bytes": Uint8Array.of(0xff, 0x00),
  "secret://prod/trick": "vault:secret/data/other#x",
  "secret://prod/login": "u:secret://prod/db",
  "secret://vault/pki/issue/web%3F%7B%22a%22:1%7D?volatile=true#certificate": "issued",
};

export const POLICY: readonly ObjectRule[] = [
  { namespaces: ["shop"], resources: ["secrets", "configmaps", "widgets.example.dev"] },
  { namespaces: ["team-*"], resources: ["secrets"], serviceAccount: "deployer" },
];

export const encode = (text: string | Uint8Array): string => Buffer.from(text).toString("base64");
export const decode = (text: unknown): string => Buffer.from(String(text), "base64").toString("utf8");

export interface Asked {
  readonly references: readonly string[];
  readonly identity: ObjectReaderIdentity;
}

/** Reviews an object; what was asked for stands in `asked`. */
export async function review(
  object: object,
  more: Partial<AdmissionRequest> = {},
  { asked = [], policy = POLICY }: { readonly asked?: Asked[]; readonly policy?: readonly ObjectRule[] } = {},
): Promise<AdmissionAnswer> {
  const admission = createObjectAdmission({
    dialects: [sluice(), bankVaults(), secretsInit()],
    policy,
    reader: {
      read: async (references, identity) => {
        asked.push({ references: Array.from(references.keys()), identity });
        return Promise.resolve(new Map(Array.from(references.keys(), (key) => [key, outcomeOf(key)])));
      },
    },
  });
  return admission.mutate(requestOf(object, { resource: "secrets", ...more }), new AbortController().signal);
}

function outcomeOf(reference: string): ReferenceOutcome {
  const value = VALUES[reference];
  if (value === undefined)
    return { status: "not-found", reason: "no-such-path", reference, message: "is not there" };
  const held = typeof value === "string" ? SecretValue.fromText(value) : SecretValue.fromBytes(value);
  return { status: "found", reference, store: "x", value: held, source: "provider" };
}

/** The object as it is stored after a review. */
export async function stored<Content extends object>(
  object: Content,
  more: Partial<AdmissionRequest> = {},
): Promise<Content> {
  const answer = await review(object, more);
  if (!answer.allowed) throw new Error(answer.message);
  const copy = structuredClone(object);
  expect(applyPatch(copy, structuredClone(answer.patch) as never).filter((fault) => fault !== null)).toEqual(
    [],
  );
  return copy;
}

export async function refusal(...args: Parameters<typeof review>): Promise<string> {
  const answer = await review(...args);
  return answer.allowed ? "allowed" : answer.message;
}

export const secret = (data: Readonly<Record<string, string | Uint8Array>>, annotations = {}) => ({
  kind: "Secret",
  metadata: { name: "db", annotations },
  data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encode(value)])),
});
