/** What a template may use. A template comes from an annotation: whoever may write one must not stop the renderer. */
export interface TemplateLimits {
  /** Bytes of a template. Default 256 KiB, which is all that the annotations of a Kubernetes object can hold. */
  readonly maxTemplateBytes: number;
  /** Bytes of the output, and of any one string on the way. Default 1 MiB: a Kubernetes Secret can hold no more. */
  readonly maxOutputBytes: number;
  /** Steps of evaluation, over all passes; each 256 bytes that are handled are one too. Default 1 000 000. */
  readonly maxSteps: number;
  /**
   * Milliseconds of evaluation, over all passes; reading secrets does not count. Default 5000, for a
   * container that is given little of a processor. Nothing else runs meanwhile: a process that renders for others
   * sets less.
   */
  readonly maxMilliseconds: number;
  /** Different secrets read by one rendering. Default 64. */
  readonly maxReads: number;
}

/** Actions and parentheses inside each other in a template. */
export const MAX_SYNTAX_DEPTH = 100;

/** The same while it is rendered, where templates call each other; the stack of the process has room for more. */
export const MAX_CALL_DEPTH = 300;

/** The limits where nothing else is said. */
export const DEFAULT_LIMITS: TemplateLimits = {
  maxTemplateBytes: 256 * 1024,
  maxOutputBytes: 1024 * 1024,
  maxSteps: 1_000_000,
  maxMilliseconds: 5000,
  maxReads: 64,
};
