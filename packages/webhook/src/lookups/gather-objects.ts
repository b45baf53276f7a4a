import type { Dialect, ObjectNeed, Scope, SeenObjects } from "@sluice/core/dialect";
import type { Pod } from "@sluice/core/pod";
import pLimit from "p-limit";
import type { ClusterLookups, FoundObject } from "./cluster-lookups.js";
import { LookupError } from "./lookup-error.js";

/** Objects that one pod may make us read. */
const MOST_OBJECTS = 200;

/** How many of them are read at the same time. */
const MOST_AT_ONCE = 16;

/** The objects of a pod's namespace that have been read so far, and those that are still to be. */
export class GatheredObjects implements SeenObjects {
  readonly #lookups: ClusterLookups;
  readonly #namespace: string;
  readonly #found = new Map<string, FoundObject | undefined>();
  readonly #wanted = new Map<string, ObjectNeed>();

  constructor(lookups: ClusterLookups, namespace: string) {
    this.#lookups = lookups;
    this.#namespace = namespace;
  }

  find(need: ObjectNeed): FoundObject | undefined {
    return this.#found.get(keyOf(need));
  }

  isHidden(need: ObjectNeed): boolean {
    return this.#lookups.isHidden(need);
  }

  /** What was looked for in vain. */
  isMissing(need: ObjectNeed): boolean {
    const key = keyOf(need);
    return this.#found.has(key) && this.#found.get(key) === undefined;
  }

  want(need: ObjectNeed): void {
    const key = keyOf(need);
    if (!this.#found.has(key) && !this.isHidden(need)) this.#wanted.set(key, need);
  }

  /**
   * Reads what is wanted. Whether there was anything.
   *
   * @throws LookupError
   */
  async gather(signal: AbortSignal): Promise<boolean> {
    if (this.#wanted.size === 0) return false;
    const wanted = Array.from(this.#wanted);
    this.#wanted.clear();
    if (this.#found.size + wanted.length > MOST_OBJECTS)
      throw new LookupError({
        problem: `The pod names more than ${MOST_OBJECTS} ConfigMaps, Secrets and other objects`,
        remedy: "Name fewer",
        code: 422,
      });
    const atOnce = pLimit(MOST_AT_ONCE);
    await Promise.all(
      wanted.map(async ([key, need]) =>
        atOnce(async () => this.#found.set(key, await this.#lookups.find(this.#namespace, need, signal))),
      ),
    );
    return true;
  }
}

/** Dialects that, while they read, make known which objects they must see, and that they have found something. */
export function wanting(
  dialects: readonly Dialect[],
  objects: GatheredObjects,
  found: Set<string>,
): Dialect[] {
  return dialects.map((dialect) => ({
    ...dialect,
    name: dialect.name,
    appliesTo: (pod, scope) => dialect.appliesTo(pod, scope),
    readVariable: (variable, scope: Scope) => {
      for (const need of dialect.needs?.(variable, scope) ?? []) objects.want(need);
      const reading = dialect.readVariable(variable, scope);
      if (reading !== undefined) found.add(dialect.name);
      return reading;
    },
    ...(dialect.readAgent !== undefined && {
      readAgent: (pod: Pod) => {
        const reading = dialect.readAgent?.(pod) ?? { problems: [] };
        if (reading.wanted !== undefined || reading.problems.length > 0) found.add(dialect.name);
        return reading;
      },
    }),
  }));
}

function keyOf({ apiVersion, kind, name }: ObjectNeed): string {
  return `${apiVersion} ${kind} ${name}`;
}
