import { askJson, numberIn, textIn } from "./ask-json.js";
import { type IssuedLogin, KeptLogins } from "./kept-logins.js";
import type { RegistryLoginSource } from "./registry-login.js";

/** How the metadata server is reached. */
export interface GcrLoginsOptions {
  /** HOST or HOST:PORT of the metadata server; `GCE_METADATA_HOST`, else `metadata.google.internal`, by default. */
  readonly metadataHost?: string;
}

/** Registries of Google's, whoever owns what is in them. */
const HOST = /^(?:(?:[a-z0-9-]+\.)?gcr\.io|[a-z0-9-]+-docker\.pkg\.dev)$/;

const TOKEN = "/computeMetadata/v1/instance/service-accounts/default/token";

/**
 * Logins for Artifact Registry and Container Registry, by the token that the metadata server gives: that of the
 * service account of the pod with GKE's Workload Identity, else that of the node.
 */
export function gcrLogins({ metadataHost }: GcrLoginsOptions = {}): RegistryLoginSource {
  const host = metadataHost ?? process.env["GCE_METADATA_HOST"] ?? "metadata.google.internal";
  const kept = new KeptLogins({
    problem: () => "Google Cloud gives no login for its registries",
    remedy:
      "Give the service account of this process a role that reads the registry (roles/artifactregistry.reader) by GKE's Workload Identity, and a way to the metadata server",
  });

  async function issue(signal: AbortSignal): Promise<IssuedLogin> {
    const answer = await askJson(
      `http://${host}${TOKEN}`,
      { headers: { "metadata-flavor": "Google" }, signal },
      // Whatever else answers by that name in another network is not believed.
      (headers) => headers.get("metadata-flavor") === "Google",
    );
    const password = textIn(answer, "access_token");
    const endsAt = Date.now() + numberIn(answer, "expires_in") * 1000;
    return { login: { username: "oauth2accesstoken", password }, endsAt };
  }

  return {
    // One token counts for all of them.
    loginFor: async (registry, signal) => (HOST.test(registry) ? kept.loginOf("", issue, signal) : undefined),
  };
}
