import { windowOpensAt } from "../source/window-state.js";
import { parseWindow } from "./parse-window.js";
import type { RestartOptions } from "./restart-options.js";
import type { UsedVersion } from "./used-versions.js";
import { type Workload, WINDOW_ANNOTATION, workloadId } from "./workload.js";

/** When a workload may be restarted. */
export type RestartTime =
  | { readonly kind: "now" }
  | { readonly kind: "at"; readonly at: number; readonly isForWindow: boolean }
  /** Until somebody changes what is wrong. */
  | { readonly kind: "never"; readonly why: string };

/** Finds when workloads may be restarted: after what brokers still give, not too often, and in their windows. */
export class RestartTiming {
  readonly #options: Pick<RestartOptions, "window" | "everyMs" | "settleMs">;
  readonly #now: () => number;
  /** When a change of what brokers give was first noticed. */
  readonly #noticed = new Map<string, { readonly target: string; readonly at: number }>();

  constructor(options: Pick<RestartOptions, "window" | "everyMs" | "settleMs">, now: () => number) {
    this.#options = options;
    this.#now = now;
  }

  /** @param target tells this change of its secrets from every other */
  of(workload: Workload, changed: readonly UsedVersion[], target: string): RestartTime {
    const { everyMs = 600_000, settleMs = 330_000 } = this.#options;
    const window = workload.window === undefined ? this.#options.window : parseWindow(workload.window);
    if (workload.window !== undefined && window === undefined)
      return {
        kind: "never",
        why: `${WINDOW_ANNOTATION} is no window, so nothing is restarted: write it as in "Sat,Sun 22:00-04:00 Europe/Berlin"`,
      };
    const now = this.#now();
    const noticed = this.#noticedAt(workloadId(workload), target, now);
    const restartedAt = Date.parse(workload.restartedAt ?? "");
    const earliest = Math.max(
      changed.some(({ isBrokers }) => isBrokers) ? noticed + settleMs : 0,
      Number.isNaN(restartedAt) ? 0 : restartedAt + everyMs,
      now,
    );
    const at = window === undefined ? earliest : windowOpensAt(window, earliest);
    return at <= now ? { kind: "now" } : { kind: "at", at, isForWindow: at > earliest };
  }

  /** It was restarted, or nothing has changed, or it is gone. */
  forget(id: string): void {
    this.#noticed.delete(id);
  }

  #noticedAt(id: string, target: string, now: number): number {
    const before = this.#noticed.get(id);
    const at = before?.target === target ? before.at : now;
    this.#noticed.set(id, { target, at });
    return at;
  }
}
