import type { FilesPlan } from "../plan/files-plan.js";
import type { InjectionPlan } from "../plan/injection-plan.js";
import type { Pod } from "../pod/pod.js";

/**
 * One way to change a pod so that its plans are carried out. Pure, and idempotent: applied to a pod that it has
 * changed already, perhaps with another plan, it gives what it would give for the pod as it was before.
 */
export interface MutationStrategy<Settings = unknown> {
  /** For messages, and by which a strategy is replaced or left out. */
  readonly name: string;
  /** Names of strategies that must come after it; where it stands in the list decides between the others. */
  readonly before?: readonly string[];
  /** Names of strategies that must come before it. */
  readonly after?: readonly string[];
  appliesTo(context: MutationContext<Settings>): boolean;
  apply(pod: Pod, context: MutationContext<Settings>): Pod;
}

/** What is to be carried out. */
export interface MutationContext<Settings = unknown> {
  /** The pod as its author wrote it. */
  readonly pod: Pod;
  /** By container; those without a plan are left as they are. */
  readonly plans: ReadonlyMap<string, InjectionPlan>;
  /** Files by the container that is given them; none by default. */
  readonly files?: ReadonlyMap<string, FilesPlan>;
  /** What the image of a container starts, where the container does not say: ENTRYPOINT, and CMD after it. */
  readonly imageCommands: ReadonlyMap<string, ImageCommand>;
  readonly settings: Settings;
}

/** What an image starts where the pod does not say. */
export interface ImageCommand {
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  /** As whom, in the words of the image: `1000`, `1000:1000`, `app`; absent for root. */
  readonly user?: string;
}
