import { notTheApi } from "../client/parse-json.js";
import { field } from "../objects/kubernetes-object.js";
import type { RefusedToken, TokenReview } from "./token-review.js";

const SERVICE_ACCOUNT = /^system:serviceaccount:(?<namespace>[^:]+):(?<name>[^:]+)$/;
const POD_NAME = "authentication.kubernetes.io/pod-name";
const POD_UID = "authentication.kubernetes.io/pod-uid";

/**
 * What a TokenReview's answer says, held against the audiences that were asked for: a server whose authenticator
 * knows of none answers without, and such a token is refused.
 */
export function parseTokenReview(body: unknown, asked: readonly string[]): TokenReview {
  const status = field(body, "status");
  if (typeof status !== "object" || status === null) throw notTheApi("token-review");
  // Its `error` is dropped, for it may quote.
  if (field(status, "authenticated") !== true) return refusedToken(asked);
  const audiences = texts(field(status, "audiences")).filter((audience) => asked.includes(audience));
  if (audiences.length === 0)
    return {
      authenticated: false,
      reason: "wrong-audience",
      problem: `the token is good, but not for audience ${asked.join(", ")}`,
    };
  const user = field(status, "user");
  const username = field(user, "username");
  if (typeof username !== "string" || username === "") throw notTheApi("token-review");
  const uid = field(user, "uid");
  const { namespace, name } = SERVICE_ACCOUNT.exec(username)?.groups ?? {};
  const [podName] = texts(field(field(user, "extra"), POD_NAME));
  const [podUid] = texts(field(field(user, "extra"), POD_UID));
  return {
    authenticated: true,
    username,
    groups: texts(field(user, "groups")),
    audiences,
    ...(namespace !== undefined &&
      name !== undefined && {
        serviceAccount: { namespace, name, ...(typeof uid === "string" && uid !== "" && { uid }) },
      }),
    ...(podName !== undefined && podUid !== undefined && { pod: { name: podName, uid: podUid } }),
  };
}

/** What a token is that the API server does not accept. */
export function refusedToken(asked: readonly string[]): RefusedToken {
  const problem =
    `the API server does not accept the token for audience ${asked.join(", ")}: it is for another one, has expired, ` +
    "or what it was made for is gone";
  return { authenticated: false, reason: "not-authenticated", problem };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
