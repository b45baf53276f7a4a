import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import type { DelegatedIdentity } from "@sluice/core";
import type { KeyVault } from "../../../test/servers/key-vault.js";
import type { Rule } from "../../../test/servers/key-vault-settings.js";
import type { AzureAuth } from "../src/azure-options.js";

/** The directory that the emulator has. */
export const TENANT = "5d8c1f0e-7f3b-4c1e-9a52-3c1d7a1f0b11";

/** An application that may do everything. */
export const WEB = "7c1a1ee1-5b1f-4d0a-9a36-0f2f3f3f5c55";

/** The application that workloads log in as. */
export const WORKLOADS = "0d3f2c2b-8a3a-4b39-9c1e-6f0f6d1f2a77";

/** Its secret. */
export const CLIENT_SECRET = randomUUID();

/** How `WEB` logs in. */
export const WEB_SECRET: AzureAuth = {
  clientSecret: { tenantId: TENANT, clientId: WEB, variable: "SECRET" },
};

/** Variables that stores of the tests see. */
export const ENVIRONMENT = { SECRET: CLIENT_SECRET, WRONG: "canary-wrong-secret" };

const ISSUER = "https://cluster.example/issuer";
const issuer = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** What workloads prove themselves by: the public half of what signs their tokens. */
const ISSUER_KEY = issuer.publicKey.export({ type: "spki", format: "pem" }).toString();

/** Everything that an application of a test may be let do. */
export const EVERYTHING: readonly Rule[] = (["secrets", "keys", "certificates"] as const).map((kind) => ({
  kind,
  permissions: ["get", "list", "set", "delete", "purge"],
}));

/** A token of the issuer for a subject, as a cluster projects one into a pod. */
export function federatedToken(subject: string, audience = "api://AzureADTokenExchange"): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (content: object): string => Buffer.from(JSON.stringify(content)).toString("base64url");
  const claims = { iss: ISSUER, sub: subject, aud: audience, iat: now, nbf: now, exp: now + 600 };
  const signed = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), issuer.privateKey).toString("base64url")}`;
}

/** Whom an application trusts that trusts this subject. */
export function trusting(subject: string): { issuer: string; subject: string; publicKey: string } {
  return { issuer: ISSUER, subject, publicKey: ISSUER_KEY };
}

/** A workload of this name. */
export function workload(name: string): DelegatedIdentity {
  const getToken = async (audience: string): Promise<string> => federatedToken(`workload:${name}`, audience);
  return { kind: "delegated", cacheKey: name, subject: name, getToken };
}

/** Registers `WEB`, and lets it do everything in the vault that tests use by default. */
export async function registerWeb(server: KeyVault): Promise<void> {
  await server.register({ clientId: WEB, secret: CLIENT_SECRET });
  await server.grant({ [WEB]: EVERYTHING });
}
