import { resolve } from "node:path";
import type { TokenCredential } from "@azure/identity";
import { Refusal } from "../failure/refusal.js";
import { AZURE_JSON, parseAzureJson } from "./azure-json.js";
import type { LoginOptions } from "./login-options.js";
import { readCertificate } from "./read-certificate.js";
import { credentialFailure, readCredentialFile } from "./read-credential-file.js";

/** Makes the credential that a node's azure.json names. */
export async function nodeCredential(
  { path = AZURE_JSON }: { readonly path?: string },
  baseDirectory: string,
  options: LoginOptions,
): Promise<TokenCredential> {
  const identity = await import("@azure/identity");
  const login = parseAzureJson(await readCredentialFile(path, baseDirectory));
  switch (login?.kind) {
    case undefined:
      throw new Refusal(credentialFailure(`${path} tells no way to log in`));
    case "managed-identity": {
      const { kind: _, ...named } = login;
      return new identity.ManagedIdentityCredential({ ...options, ...named } as never);
    }
    case "workload-identity": {
      const { tenantId, clientId } = login;
      const tokenFilePath = resolve(baseDirectory, login.tokenFile);
      return new identity.WorkloadIdentityCredential({ ...options, tenantId, clientId, tokenFilePath });
    }
    case "client-secret":
      return new identity.ClientSecretCredential(login.tenantId, login.clientId, login.clientSecret, options);
    case "client-certificate": {
      const certificate = await readCertificate(login.file, baseDirectory, login.password);
      return new identity.ClientCertificateCredential(
        login.tenantId,
        login.clientId,
        { certificate },
        options,
      );
    }
  }
}
