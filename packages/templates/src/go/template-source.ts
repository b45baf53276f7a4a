/** An answer of Vault, as a template sees it. Names are Vault's own, in the spelling of its JSON. */
export interface SecretAnswer {
  /** `.Data`: for KV version 2 `{ data, metadata }`, else the keys themselves. Plain objects, lists, texts, numbers. */
  readonly data: Readonly<Record<string, unknown>> | ReadonlyMap<string, unknown>;
  readonly request_id?: string;
  readonly lease_id?: string;
  /** Seconds. */
  readonly lease_duration?: number;
  readonly renewable?: boolean;
  readonly warnings?: readonly string[] | null;
  readonly wrap_info?: SecretWrapInfo | null;
}

/** `.WrapInfo` of an answer that is wrapped. */
export interface SecretWrapInfo {
  readonly token: string;
  /** Seconds. */
  readonly ttl: number;
  readonly wrapped_accessor?: string;
}

/** What `pkiCert` gives: texts in PEM. */
export interface CertificateAnswer {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly caChain?: readonly string[];
}

/** What a read may use besides. */
export interface ReadOptions {
  readonly signal: AbortSignal;
}

/**
 * Where a template's secrets come from. An answer is read once per rendering, however often the template asks. An
 * absent secret is `undefined`; anything else that fails rejects, and `renderGoTemplate` rejects with the same.
 */
export interface TemplateSource {
  /**
   * `secret PATH` reads; `secret PATH "k=v"…` writes these arguments and takes the answer, as for a certificate or a
   * wrapped token.
   *
   * @param path Without a slash at either end; a query such as `?version=2` stays on it.
   */
  readSecret(
    path: string,
    args: Readonly<Record<string, string>> | undefined,
    options: ReadOptions,
  ): Promise<SecretAnswer | undefined>;
  /** `secrets PATH`: the names below a path. Without it the function is refused. */
  listSecrets?(path: string, options: ReadOptions): Promise<readonly string[] | undefined>;
  /** `pkiCert PATH "k=v"…`: a certificate to use as long as it is good. Without it the function is refused. */
  issueCertificate?(
    path: string,
    args: Readonly<Record<string, string>>,
    options: ReadOptions,
  ): Promise<CertificateAnswer | undefined>;
}
