import { resolve } from "node:path";
import type { ProviderDependencies } from "@sluice/core";
import type { TokenCredential } from "@azure/identity";
import type { AzureAuth } from "../azure-options.js";
import { Refusal } from "../failure/refusal.js";
import type { LoginOptions } from "./login-options.js";
import { nodeCredential } from "./node-credential.js";
import { readCertificate } from "./read-certificate.js";
import { credentialFailure, readCredentialFile } from "./read-credential-file.js";

/** Makes the credential of a store. Loads the SDK, and reads the files that `auth` names. */
export async function createCredential(
  auth: AzureAuth | undefined,
  { baseDirectory, environment }: ProviderDependencies,
  options: LoginOptions,
): Promise<TokenCredential> {
  const identity = await import("@azure/identity");
  if (auth === undefined) return new identity.DefaultAzureCredential(options);
  if ("workloadIdentity" in auth) {
    const { tokenFile, ...application } = auth.workloadIdentity;
    const { AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_FEDERATED_TOKEN_FILE } = environment;
    return new identity.WorkloadIdentityCredential({
      ...options,
      ...defined({
        tenantId: application.tenantId ?? AZURE_TENANT_ID,
        clientId: application.clientId ?? AZURE_CLIENT_ID,
        tokenFilePath:
          tokenFile === undefined ? AZURE_FEDERATED_TOKEN_FILE : resolve(baseDirectory, tokenFile),
      }),
    });
  }
  if ("managedIdentity" in auth)
    return new identity.ManagedIdentityCredential({ ...options, ...auth.managedIdentity });
  if ("clientSecret" in auth) {
    const { tenantId, clientId, variable, file } = auth.clientSecret;
    const secret =
      file === undefined ? environment[variable ?? ""] : await readCredentialFile(file, baseDirectory);
    if (!secret) throw new Refusal(credentialFailure(`${variable ?? file} is empty`));
    return new identity.ClientSecretCredential(tenantId, clientId, secret, options);
  }
  if ("clientCertificate" in auth) {
    const { tenantId, clientId, file } = auth.clientCertificate;
    const certificate = await readCertificate(file, baseDirectory);
    return new identity.ClientCertificateCredential(tenantId, clientId, { certificate }, options);
  }
  if ("azureCli" in auth) return new identity.AzureCliCredential(auth.azureCli);
  return nodeCredential(auth.azureJson, baseDirectory, options);
}

function defined<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: Exclude<Fields[Name], undefined>;
  };
}
