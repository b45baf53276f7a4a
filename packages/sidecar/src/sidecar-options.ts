import type { EventBus, SecretResolver } from "@sluice/core";
import type { FilesPlan } from "@sluice/core/plan";
import type { RenderOptions } from "@sluice/files";
import type { NotifierOptions } from "./notify/notifier.js";

/** What a sidecar is made of. */
export interface SidecarOptions {
  readonly plan: Pick<FilesPlan, "roots" | "files">;
  /** Reads the secrets, and must renew leases (`leases: { renew: true }`). Whoever made it disposes it. */
  readonly resolver: SecretResolver;
  /** The resolver's own. */
  readonly events: EventBus;
  /** How often secrets without a lease are read again, in milliseconds; 300,000 by default. Each time up to a fifth earlier. */
  readonly refreshMs?: number;
  /** Folder in memory, of this sidecar alone: what a run leaves to the next, and the file that tells that it is ready. */
  readonly stateFolder?: string;
  /** How long stores may be away before the first files are written, in milliseconds; 300,000 by default. */
  readonly waitMs?: number;
  readonly render?: RenderOptions;
  readonly notifier?: Omit<NotifierOptions, "events">;
}

export const SIDECAR_DEFAULTS = { refreshMs: 300_000, waitMs: 300_000 } as const;
