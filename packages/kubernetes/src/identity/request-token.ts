import { SecretValue } from "@sluice/core";
import type { CallOptions } from "../client/api-request.js";
import type { KubernetesClient } from "../client/kubernetes-client.js";
import { notTheApi } from "../client/parse-json.js";
import { field } from "../objects/kubernetes-object.js";
import { resourcePath } from "../objects/resource.js";

/** Whose token, for whom, and for how long. */
export interface TokenRequest {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly audience: string;
  /** Seconds until it expires; 600 by default, which is the least. The server may give another time. */
  readonly expirationSeconds?: number;
  /** The token is no longer good when this pod is gone. It must run as the service account. */
  readonly boundPod?: { readonly name: string; readonly uid: string };
}

/** A token that was made, and how long it is good. */
export interface RequestedToken {
  readonly token: SecretValue;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

const LEAST_SECONDS = 600;

/**
 * Asks for a token of a service account.
 *
 * @throws {KubernetesError} with `status` 404 when there is no such account or pod, 409 when the pod is another one,
 *   400 when it runs as another account.
 */
export async function requestToken(
  client: KubernetesClient,
  { namespace, serviceAccount, audience, expirationSeconds = LEAST_SECONDS, boundPod }: TokenRequest,
  call: CallOptions,
): Promise<RequestedToken> {
  const accounts = { version: "v1", plural: "serviceaccounts", namespace };
  const request = {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: {
      audiences: [audience],
      expirationSeconds,
      ...(boundPod !== undefined && {
        boundObjectRef: { apiVersion: "v1", kind: "Pod", name: boundPod.name, uid: boundPod.uid },
      }),
    },
  };
  const path = resourcePath(accounts, serviceAccount, "token");
  const { body } = await client.call({ method: "POST", path, body: request }, call);
  const status = field(body, "status");
  const token = field(status, "token");
  const expiresAt = Date.parse(String(field(status, "expirationTimestamp")));
  if (typeof token !== "string" || token === "" || Number.isNaN(expiresAt)) throw notTheApi("token-request");
  return { token: SecretValue.fromText(token), expiresAt };
}
