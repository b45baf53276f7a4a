import type { CallOptions } from "../client/api-request.js";
import type { KubernetesClient } from "../client/kubernetes-client.js";
import { parseTokenReview, refusedToken } from "./parse-token-review.js";
import type { TokenReview } from "./token-review.js";

/** A token to be reviewed, and whom it must be for. */
export interface TokenReviewRequest {
  readonly token: string;
  /** At least one. Without, the API server would review the token as one for itself. */
  readonly audiences: readonly [string, ...string[]];
}

const REVIEWS = "/apis/authentication.k8s.io/v1/tokenreviews";

/**
 * Asks the API server who holds a token. It goes on to accept one it has seen for some 10 seconds after the pod is
 * gone: read the pod as well.
 *
 * @throws {KubernetesError} when there is no answer, or we may not ask; that the token is refused is an answer.
 */
export async function reviewToken(
  client: KubernetesClient,
  { token, audiences }: TokenReviewRequest,
  call: CallOptions,
): Promise<TokenReview> {
  // The API server calls that a bad request; whoever sent it is to hear that it is no token.
  if (token === "") return refusedToken(audiences);
  const review = {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenReview",
    spec: { token, audiences },
  };
  const { body } = await client.call({ method: "POST", path: REVIEWS, body: review }, call);
  return parseTokenReview(body, audiences);
}
