/** How an AKS node logs in, as its azure.json has it. */
export type NodeLogin =
  | { readonly kind: "managed-identity"; readonly clientId?: string; readonly resourceId?: string }
  | ({ readonly kind: "workload-identity"; readonly tokenFile: string } & Application)
  | ({ readonly kind: "client-secret"; readonly clientSecret: string } & Application)
  | ({
      readonly kind: "client-certificate";
      readonly file: string;
      readonly password?: string;
    } & Application);

interface Application {
  readonly tenantId: string;
  readonly clientId: string;
}

/** Default of `path` of `auth.azureJson`. */
export const AZURE_JSON = "/etc/kubernetes/azure.json";

/**
 * Reads the text of an azure.json; `undefined` where it tells no way to log in. Of several ways it takes the one that
 * the node's own cloud provider takes: https://cloud-provider-azure.sigs.k8s.io/install/configs/
 */
export function parseAzureJson(text: string): NodeLogin | undefined {
  const root = parsed(text);
  const textOf = (name: string): string | undefined => {
    const value = root[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const tokenFile = textOf("aadFederatedTokenFile");
  const tenantId = textOf("tenantId");
  const clientId = textOf("aadClientId");
  const application = tenantId !== undefined && clientId !== undefined && { tenantId, clientId };
  if (root["useFederatedWorkloadIdentityExtension"] === true && application && tokenFile !== undefined)
    return { kind: "workload-identity", ...application, tokenFile };
  if (root["useManagedIdentityExtension"] === true)
    return { kind: "managed-identity", ...identityOf(textOf("userAssignedIdentityID")) };
  if (!application) return undefined;
  const clientSecret = textOf("aadClientSecret");
  if (clientSecret !== undefined) return { kind: "client-secret", ...application, clientSecret };
  const file = textOf("aadClientCertPath");
  if (file === undefined) return undefined;
  const password = textOf("aadClientCertPassword");
  return { kind: "client-certificate", ...application, file, ...(password !== undefined && { password }) };
}

/** An identity is named by its client, or by the path of its resource. */
function identityOf(id: string | undefined): { clientId?: string; resourceId?: string } {
  if (id === undefined) return {};
  return /^\/subscriptions\//i.test(id) ? { resourceId: id } : { clientId: id };
}

function parsed(text: string): Record<string, unknown> {
  try {
    // Written by hand on Windows it may begin with a byte-order mark.
    const root: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    return typeof root === "object" && root !== null ? (root as Record<string, unknown>) : {};
  } catch {
    // The parser's message quotes the text, which holds a secret: the caller says that it makes no sense.
    return {};
  }
}
