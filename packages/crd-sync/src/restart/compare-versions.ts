import type { SeenVersions } from "./seen-versions.js";
import type { UsedVersion } from "./used-versions.js";

/** What a workload will have seen, and which of its secrets are others than it was last started with. */
export interface ComparedVersions {
  readonly seen: SeenVersions;
  readonly changed: readonly UsedVersion[];
}

/**
 * Compares what a workload's secrets are with what it was last started with. Pure.
 *
 * @param names all that it uses: what could not be looked at is not forgotten
 */
export function compareVersions(
  before: SeenVersions,
  used: readonly UsedVersion[],
  names: readonly string[],
  hash: (text: string) => string,
): ComparedVersions {
  const seen = new Map<string, string>();
  const changed: UsedVersion[] = [];
  for (const each of used) {
    const secret = hash(each.name);
    const known = before.get(secret) ?? each.given;
    seen.set(secret, each.version);
    if (known !== undefined && known !== each.version) changed.push(each);
  }
  for (const secret of names.map(hash)) {
    const version = before.get(secret);
    if (version !== undefined && !seen.has(secret)) seen.set(secret, version);
  }
  return { seen, changed };
}
