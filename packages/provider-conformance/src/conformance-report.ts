/** What came of testing a provider, number by number. */
export interface ConformanceReport {
  /** Identifier of the provider. */
  readonly provider: string;
  /** In the order of the specification. */
  readonly results: readonly RequirementResult[];
}

/** What came of one requirement. */
export type RequirementResult = { readonly id: string; readonly title: string } & (
  | { readonly status: "passed" }
  | { readonly status: "failed"; readonly error: unknown }
  /** Not tested, because the provider does not declare what it is about, or the subject cannot bring it about. */
  | { readonly status: "excluded"; readonly reason: string }
);
