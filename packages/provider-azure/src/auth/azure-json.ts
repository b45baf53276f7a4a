/** How an AKS node logs in, as its azure.json has it. */
export type NodeLogin =
  | { readonly kind: "managed-identity"; readonly clientId?: string }
  | {
      readonly kind: "client-secret";
      readonly tenantId: string;
      readonly clientId: string;
      readonly clientSecret: string;
    };

/** Default of `path` of `auth.azureJson`. */
export const AZURE_JSON = "/etc/kubernetes/azure.json";

/** Reads the text of an azure.json; `undefined` where it tells no way to log in. */
export function parseAzureJson(text: string): NodeLogin | undefined {
  const root = parsed(text);
  const textOf = (name: string): string | undefined => {
    const value = root[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  if (root["useManagedIdentityExtension"] === true) {
    const clientId = textOf("userAssignedIdentityID");
    return { kind: "managed-identity", ...(clientId !== undefined && { clientId }) };
  }
  const tenantId = textOf("tenantId");
  const clientId = textOf("aadClientId");
  const clientSecret = textOf("aadClientSecret");
  if (tenantId === undefined || clientId === undefined || clientSecret === undefined) return undefined;
  return { kind: "client-secret", tenantId, clientId, clientSecret };
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
