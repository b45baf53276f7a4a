import type { ExternalPaths, ExternalSource } from "./external-store.js";
import { accountLogin, type AccountSelector, type KeySelector, keySource } from "./store-draft.js";
import type { StoreDraft, StorePlace } from "./store-draft.js";
import { StoreProblem } from "./store-problem.js";

/** `provider.aws` of theirs, as far as it is covered. */
export interface ExternalAws {
  readonly service: "SecretsManager" | "ParameterStore";
  readonly region: string;
  readonly role?: string;
  readonly additionalRoles?: readonly string[];
  readonly externalID?: string;
  readonly prefix?: string;
  readonly auth?: {
    readonly secretRef?: {
      readonly accessKeyIDSecretRef: KeySelector;
      readonly secretAccessKeySecretRef: KeySelector;
      readonly sessionTokenSecretRef?: KeySelector;
    };
    readonly jwt?: { readonly serviceAccountRef?: AccountSelector };
  };
}

const FIELD = "provider.aws";
const ROLE_ANNOTATION = "eks.amazonaws.com/role-arn";
const AUDIENCE = "sts.amazonaws.com";

/** AWS, as one of our stores. Pure. @throws {StoreProblem} */
export function mapAws(aws: ExternalAws, place: StorePlace): StoreDraft {
  const isManager = aws.service === "SecretsManager";
  const { environment } = place;
  // By these variables their operator is led to other addresses, and so are we.
  const endpoint = environment[isManager ? "AWS_SECRETSMANAGER_ENDPOINT" : "AWS_SSM_ENDPOINT"];
  const stsEndpoint = environment["AWS_STS_ENDPOINT"];
  const roles = [...(aws.additionalRoles ?? []), ...(aws.role ? [aws.role] : [])];
  const { externalID: externalId } = aws;
  const login = loginOf(aws, place);
  return {
    provider: isManager ? "secrets-manager" : "ssm",
    options: {
      region: aws.region,
      ...(endpoint && { endpoint }),
      ...(stsEndpoint && { stsEndpoint }),
      ...(roles.length > 0 && {
        assumeRoles: roles.map((roleArn) => ({ roleArn, ...(externalId && { externalId }) })),
      }),
      // What the provider asks for, and what the store may have asked for, are the same.
      ...(typeof login.login === "object" && { delegation: { audience: login.login.audience } }),
    },
    paths: pathsOf(isManager, aws.prefix ?? ""),
    ...login,
  };
}

function loginOf(
  { auth = {}, role, additionalRoles = [] }: ExternalAws,
  place: StorePlace,
): Pick<StoreDraft, "login" | "sources" | "variables"> {
  const { secretRef, jwt } = auth;
  if (secretRef !== undefined) {
    const at = `${FIELD}.auth.secretRef`;
    const { accessKeyIDSecretRef, secretAccessKeySecretRef, sessionTokenSecretRef } = secretRef;
    const source = (name: string, selector: KeySelector, variable: string): ExternalSource =>
      keySource(place, `${at}.${name}`, selector, { variable });
    return {
      login: "own",
      sources: [
        source("accessKeyIDSecretRef", accessKeyIDSecretRef, "AWS_ACCESS_KEY_ID"),
        source("secretAccessKeySecretRef", secretAccessKeySecretRef, "AWS_SECRET_ACCESS_KEY"),
        ...(sessionTokenSecretRef === undefined
          ? []
          : [source("sessionTokenSecretRef", sessionTokenSecretRef, "AWS_SESSION_TOKEN")]),
      ],
      // What the controller has for itself would go before, or along with it.
      variables: { AWS_PROFILE: "", ...(sessionTokenSecretRef === undefined && { AWS_SESSION_TOKEN: "" }) },
    };
  }
  const account = jwt?.serviceAccountRef;
  if (account === undefined) return { login: "controller" };
  if (role || additionalRoles.length > 0)
    throw new StoreProblem(
      `${FIELD}.role`,
      "is to be assumed after the role of a service account, and a workload's login goes no further than its own role",
      `let the trust policy of that role accept the service account, and name it in its annotation ${ROLE_ANNOTATION}`,
    );
  const field = `${FIELD}.auth.jwt.serviceAccountRef`;
  const login = accountLogin(place, field, account, AUDIENCE);
  return {
    login,
    sources: [
      {
        place: field,
        target: { option: "delegation.roleArn" },
        from: {
          kind: "ServiceAccount",
          at: {
            namespace: login.account.namespace,
            name: login.account.serviceAccount,
            annotation: ROLE_ANNOTATION,
          },
        },
      },
    ],
  };
}

function pathsOf(isManager: boolean, prefix: string): ExternalPaths {
  return {
    pathOf: (key) => prefix + key,
    prefixOf: (path) => prefix + path,
    nameOf: (path) => (path.startsWith(prefix) ? path.slice(prefix.length) : undefined),
    versionOf: (version) => {
      if (isManager)
        return version.startsWith("uuid/") ? { version: version.slice("uuid/".length) } : { label: version };
      return /^\d+$/.test(version) ? { version } : { label: version };
    },
  };
}
