import { leasePath } from "../leases/lease-space.js";
import { type GenerateRule, mayGenerate } from "./access-rules.js";
import { leaseFault, secretFault } from "./check-wanted.js";
import type { Wanted } from "./wanted.js";
import type { WantedLease } from "./wanted-lease.js";
import type { WantedSecret } from "./wanted-secret.js";

/** What of a namespace's wishes makes sense and is permitted; the others are problems. */
export function permittedWanted(wanted: Wanted, namespace: string, rules: readonly GenerateRule[]): Wanted {
  const problems = [...wanted.problems];
  const keep = <Item extends WantedSecret | WantedLease>(
    items: readonly Item[],
    faultOf: (item: Item) => string | undefined,
    pathsOf: (item: Item) => readonly string[],
  ): Item[] =>
    items.filter((item) => {
      const fault = faultOf(item);
      if (fault !== undefined) problems.push(`${item.name} cannot be generated: ${fault}. Correct it`);
      const refused = pathsOf(item).find(
        (path) => !mayGenerate(rules, { namespace, store: item.store, path }),
      );
      if (refused !== undefined)
        problems.push(
          `${item.name} is not generated: namespace ${namespace} may have nothing created at ${refused} of store ` +
            `${item.store}. Add an access rule to the generator's configuration, or use another path`,
        );
      return fault === undefined && refused === undefined;
    });
  return {
    secrets: keep(wanted.secrets, secretFault, ({ entries }) => entries.map(({ path }) => path)),
    leases: keep(wanted.leases, leaseFault, (lease) => [leasePath(lease, lease.rangeStart)]),
    problems,
  };
}
