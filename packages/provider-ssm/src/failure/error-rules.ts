import type { Failure } from "@sluice/core";

/** What an error of AWS means, whoever it is about. */
type Rule = Omit<Failure, "reason" | "retryAfterMs">;

const THROTTLED: Rule = { status: "throttled", message: "is refused for too many calls" };

const REFUSED: Rule = {
  status: "denied",
  message: "is refused to us",
  remedy: "Allow the role to read it, and to use the KMS key it is encrypted with",
};

const UNKNOWN_CALLER: Rule = {
  status: "denied",
  message: "is refused: AWS does not accept our credentials",
  remedy: "Check the store's `auth`, the role's trust policy, and this machine's clock",
};

const UNDECRYPTABLE: Rule = {
  status: "denied",
  message: "cannot be decrypted or encrypted with its KMS key",
  remedy: "Check that the key exists, is enabled, and that the role may use it",
};

const BAD_KEY: Rule = {
  status: "invalid",
  message: "is encrypted with a KMS key that cannot be used",
  remedy: "Check that the key exists and is enabled",
};

const MALFORMED: Rule = { status: "invalid", message: "is asked for in a way that AWS does not accept" };

const ABSENT: Rule = { status: "not-found", message: "is not there" };

const SILENT: Rule = {
  status: "unavailable",
  message: "cannot be had: AWS did not answer",
  remedy: "Check the network, the region and the endpoint",
};

/** The rule for an error of this name, or else for the HTTP status it came with. */
export function ruleOf(name: string, status: number | undefined): Rule {
  return RULES.get(name) ?? (CERTIFICATE.test(name) ? UNTRUSTED : ruleOfStatus(status));
}

/** Rules by what an HTTP status alone tells. */
function ruleOfStatus(status: number | undefined): Rule {
  if (status === 429) return THROTTLED;
  if (status === 401 || status === 403) return REFUSED;
  return status !== undefined && status >= 400 && status < 500 ? MALFORMED : SILENT;
}

const CALLER = [
  "UnrecognizedClientException InvalidClientTokenId InvalidSignatureException SignatureDoesNotMatch",
  "ExpiredToken ExpiredTokenException RequestExpired IncompleteSignature AuthFailure OptInRequired",
  "MissingAuthenticationToken MissingAuthenticationTokenException CredentialsProviderError",
  "InvalidIdentityToken IDPRejectedClaim TokenProviderError",
];

const LISTS: readonly (readonly [Rule, readonly string[]])[] = [
  [
    THROTTLED,
    [
      "ThrottlingException Throttling ThrottledException TooManyRequestsException RequestLimitExceeded",
      "RequestThrottled RequestThrottledException TooManyUpdates SlowDown BandwidthLimitExceeded",
    ],
  ],
  [REFUSED, ["AccessDeniedException AccessDenied NotAuthorized UnauthorizedOperation"]],
  [UNKNOWN_CALLER, CALLER],
  [UNDECRYPTABLE, ["DecryptionFailure EncryptionFailure KMSAccessDeniedException"]],
  [BAD_KEY, ["InvalidKeyId KMSInvalidStateException KMSDisabledException KMSNotFoundException"]],
  [ABSENT, ["ParameterNotFound ParameterVersionNotFound ResourceNotFoundException"]],
  [MALFORMED, ["ValidationException InvalidParameterException InvalidRequestException"]],
  [
    { status: "conflict", message: "is being changed by somebody else" },
    ["ParameterAlreadyExists ResourceExistsException ConcurrentModificationException"],
  ],
  [
    {
      status: "conflict",
      message: "has as many versions as AWS keeps, the oldest of them labelled",
      remedy: "Move its labels to later versions",
    },
    ["ParameterMaxVersionLimitExceeded"],
  ],
  [
    {
      status: "denied",
      message: "is refused: this store does not serve workloads as themselves",
      remedy: "Configure the store's `delegation`",
    },
    ["DelegationNotConfigured"],
  ],
  [
    {
      status: "invalid",
      message: "cannot be had: the store's region is not known",
      remedy: "Configure the store's `region`, or set AWS_REGION",
    },
    ["RegionMissing"],
  ],
  [
    {
      status: "invalid",
      message: "cannot be had: the store's `caFile` holds no certificate, or cannot be read",
      remedy: "Correct its path, or what is in it: certificates as PEM",
    },
    ["CaFileUnusable"],
  ],
];

const UNTRUSTED: Rule = {
  status: "unavailable",
  message: "cannot be had: the server's certificate is not trusted",
  remedy: "Check the endpoint; name the authority that issued the certificate with `caFile`",
};

/** Codes of OpenSSL and Node for a certificate that is not accepted. */
const CERTIFICATE = /^(?:UNABLE_TO_|ERR_TLS_CERT|CERT_|SELF_SIGNED_|DEPTH_ZERO_)/;

/** Rules by the name of an error. */
const RULES: ReadonlyMap<string, Rule> = new Map(
  LISTS.flatMap(([rule, names]) => split(names).map((name) => [name, rule] as const)),
);

/** Errors that are about us, so that no part of a batch fares better. */
export const CALLER_ERRORS: ReadonlySet<string> = new Set([
  ...split(CALLER),
  "DelegationNotConfigured",
  "RegionMissing",
  "CaFileUnusable",
]);

function split(names: readonly string[]): readonly string[] {
  return names.flatMap((line) => line.split(" "));
}
