import type { FamilySpec } from "../families/family-spec.js";

/** A secret that is to exist: all members of a family, each in its place. */
export interface WantedSecret {
  /** What people call it: the name in an annotation, or of a resource. */
  readonly name: string;
  /** Name of a configured store. */
  readonly store: string;
  readonly spec: FamilySpec;
  /** How the members' bytes are written, for stores that hold text only. */
  readonly encoding: MemberEncoding;
  /** Where its members are, together every member of the family once. */
  readonly entries: readonly WantedEntry[];
}

/** How a member of a generated secret is written. */
export type MemberEncoding = "none" | "base64" | "base64url" | "hex";

/** One path of the store. */
export interface WantedEntry {
  readonly path: string;
  /** What is there: one member without a key, the value itself; or some, each under the key of a JSON object. */
  readonly members: readonly WantedMember[];
}

/** A member of what is generated, and the key that it has in its entry. */
export interface WantedMember {
  /** Which member of the family; for a single value any name, under each of which the value stands. */
  readonly field: string;
  readonly key?: string;
}

/** Tells a wanted secret from every other, by where it is to be. */
export function secretId({ store, entries }: Pick<WantedSecret, "store" | "entries">): string {
  return JSON.stringify([
    store,
    ...entries.map(({ path, members }) => [path, ...members.map(({ key }) => key ?? "")]),
  ]);
}
