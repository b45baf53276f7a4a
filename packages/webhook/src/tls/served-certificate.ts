import type { KeyPair } from "@sluice/service";

/** The certificate a webhook serves with, and whatever takes its place. */
export interface ServedCertificate extends AsyncDisposable {
  readonly current: KeyPair & {
    /** In milliseconds since the epoch. */
    readonly endsAt: number;
  };
  /** Calls back with each that takes its place. */
  onRenewed(listener: () => void): void;
}
