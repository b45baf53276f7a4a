import type { Mount } from "../mount/mount.js";
import type { Ask } from "../mount/mount-table.js";

/** A place to write to, and as whom. */
export interface WriteTarget {
  readonly ask: Ask;
  readonly mount: Mount;
  /** Path below the mount. */
  readonly below: string;
  readonly signal: AbortSignal;
}
