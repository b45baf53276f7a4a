import type { ResolvedReference, SecretValue } from "@sluice/core";
import type { FileOwner } from "@sluice/core/plan";

/** A file whose content is known. */
export interface RenderedFile {
  /** Absolute. */
  readonly path: string;
  readonly content: SecretValue;
  /** Permission bits. */
  readonly mode: number;
  /** Absent where it stays with whoever writes it. */
  readonly owner?: FileOwner;
}

/** What became of a plan for files. */
export interface RenderedFiles {
  readonly roots: readonly string[];
  /** In the order of the plan; of a directory in the order of its names. Files left out are not among them. */
  readonly files: readonly RenderedFile[];
  /** Everything that was read for them, once each: for audit, and to watch it. */
  readonly delivered: readonly ResolvedReference[];
}
