import type { UpdateWindow } from "../source/sync-spec.js";

/** A version of a secret that a container of a workload was given. Never a value. */
export interface GivenVersion {
  readonly container: string;
  /** Canonical form. */
  readonly reference: string;
  readonly version?: string;
  /** When it was given last, in milliseconds since the epoch. */
  readonly at: number;
}

/** How workloads are restarted whose secrets have changed. */
export interface RestartOptions {
  /** Label of the ConfigMaps that tell which versions a workload was given; each is owned by its workload. */
  readonly givenLabel: string;
  /** Reads the data of one. */
  readonly parseGiven: (data: Readonly<Record<string, string>>) => readonly GivenVersion[];
  /** When workloads may be restarted that say nothing themselves; at any time by default. */
  readonly window?: UpdateWindow;
  /** Restarts a minute of all workloads; 10 by default. */
  readonly perMinute?: number;
  /** Least time between two restarts of a workload, in milliseconds; 600,000 by default. */
  readonly everyMs?: number;
  /** Milliseconds after which a change in a store is seen at the latest; 300,000 by default. */
  readonly intervalMs?: number;
  /**
   * Milliseconds between a change in a store and the restart of what was given the value by a broker, which may give
   * the last one for as long; 330,000 by default.
   */
  readonly settleMs?: number;
}
