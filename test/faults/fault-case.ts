import type { ReferenceOutcome } from "@sluice/core";
import type { Call } from "../servers/faults/call.js";
import type { FaultProxy } from "../servers/faults/fault-proxy.js";
import type { TestAuthority } from "../servers/faults/test-authority.js";
import type { FaultSubject } from "./fault-subject.js";

/** What a fault is brought about on. */
export interface Stage {
  readonly subject: FaultSubject;
  readonly proxy: FaultProxy;
  /** Whom the store trusts. */
  readonly authority: TestAuthority;
  /** Reads so many secrets at once, each in a call of its own, so that there are connections from before the fault. */
  readonly readBefore: (count: number) => Promise<void>;
  /** How often the resolver has tried again. */
  readonly retries: () => number;
  /** Calls that read secrets, since the fault began. */
  readonly reads: () => readonly Call[];
}

/** One thing that goes wrong, and what it may come to. */
export interface FaultCase {
  readonly title: string;
  /** Secrets that are read at once; 1 by default. */
  readonly secrets?: number;
  /** What becomes of them, of each one of these. Found means found with the right value. */
  readonly allowed: readonly ReferenceOutcome["status"][];
  /** Brings it about. What is returned is called with the outcomes, and throws if it should have gone otherwise. */
  readonly begin: (stage: Stage) => Verify | void | Promise<Verify | void>;
}

type Verify = (outcomes: readonly ReferenceOutcome[]) => void;
