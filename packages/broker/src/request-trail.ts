import { randomUUID } from "node:crypto";
import type { EventBus } from "@sluice/core";
import type { Caller, ProblemError } from "@sluice/protocol";
import type { EnvironmentRefusedEvent, ReleasedReference, Workload } from "./audit/audit-events.js";
import type { Release } from "./release/decide-release.js";

/** What is known of a request as it goes on, for its audit event. */
export class RequestTrail {
  readonly requestId: string = randomUUID();
  workload: Workload | undefined;
  references: readonly string[] | undefined;
  release: Release | undefined;
  readonly #startedAt = performance.now();

  constructor(
    private readonly events: EventBus,
    private readonly caller: Pick<Caller, "remoteAddress">,
    private readonly container?: string,
  ) {}

  released(workload: Workload, planDigest: string, references: readonly ReleasedReference[]): void {
    this.events.emit("environment-released", { ...this.#common(), workload, planDigest, references });
  }

  refused({ detail, status }: ProblemError): void {
    const { reason, message } = detail;
    const failures = detail.failures?.map(({ reference, reason }) => ({
      reason,
      ...(reference !== undefined && { reference }),
    }));
    this.events.emit("environment-refused", {
      ...this.#common(),
      status,
      reason,
      message,
      ...(failures !== undefined && { failures }),
      ...(this.references !== undefined && { references: this.references }),
    });
  }

  #common(): Omit<EnvironmentRefusedEvent, "status" | "reason" | "message"> {
    const { requestId, workload, container, release } = this;
    return {
      requestId,
      remoteAddress: this.caller.remoteAddress,
      ...(workload !== undefined && { workload }),
      ...(container !== undefined && { container }),
      durationMs: Math.round(performance.now() - this.#startedAt),
      ...(release?.kind === "replay" && { replay: release.why }),
    };
  }
}
