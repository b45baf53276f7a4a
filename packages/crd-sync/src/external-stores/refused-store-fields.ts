/** Fields of stores that are known, and not covered: why, and what to do instead. */
export const REFUSED_STORE_FIELDS: readonly (readonly [path: string, why: string, instead: string])[] = [
  ["provider.aws.sessionTags", "has no like here", "let policies tell stores apart by role"],
  ["provider.aws.transitiveTagKeys", "has no like here", "let policies tell stores apart by role"],
  ["provider.aws.customSessionTags", "has no like here", "let policies tell stores apart by role"],
  [
    "provider.azurekv.authSecretRef.clientCertificate",
    "is not covered, for the provider reads certificates from files only",
    "use clientSecret or WorkloadIdentity, or a ClusterSecretStore of sluice.dev",
  ],
  ["provider.azurekv.customCloudConfig", "is not covered", "use one of Azure's public clouds"],
  [
    "provider.vault.auth.cert",
    "is not covered, for the provider reads certificates from files only",
    "use kubernetes, appRole or jwt, or a ClusterSecretStore of sluice.dev",
  ],
  ["provider.vault.auth.ldap", "is not covered", "use kubernetes, appRole, jwt or userPass"],
  ["provider.vault.auth.iam", "is not covered", "use kubernetes, appRole, jwt or userPass"],
  ["provider.vault.auth.gcp", "is not covered", "use kubernetes, appRole, jwt or userPass"],
  [
    "provider.vault.auth.namespace",
    "is not covered, for a login is in the store's namespace",
    "log in where the secrets are",
  ],
  [
    "provider.vault.tls.certSecretRef",
    "is not covered, for the provider reads certificates from files only",
    "use a ClusterSecretStore of sluice.dev",
  ],
  ["provider.vault.headers", "is not covered", "let a proxy in front of the server add them"],
  [
    "provider.kubernetes.auth.token",
    "is not covered, for a static token has no kubeconfig",
    "use auth.serviceAccount",
  ],
  ["provider.kubernetes.auth.cert", "is not covered", "use auth.serviceAccount"],
  ["provider.kubernetes.authRef", "is not covered", "use auth.serviceAccount"],
];
