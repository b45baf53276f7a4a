import type { FamilySpec } from "./family-spec.js";

/** One member of a family, and what it follows from. */
export interface FamilyStep {
  readonly field: string;
  /** The member from which this one, and no other, follows; absent for what is drawn at random. */
  readonly from?: string;
}

const PAIR: readonly FamilyStep[] = [{ field: "private" }, { field: "public", from: "private" }];

// The key is locked with the password, so that stands first.
const GPG: readonly FamilyStep[] = [
  { field: "password" },
  { field: "private", from: "password" },
  { field: "public", from: "private" },
];

/**
 * The members of a family in the order they are made; nothing for a single value, which may have any name, or
 * several. Whoever finds the first few of them standing makes the others from those.
 */
export function familySteps({ type }: Pick<FamilySpec, "type">): readonly FamilyStep[] | undefined {
  switch (type) {
    case "rsa":
    case "ec":
    case "ed25519":
    case "ssh":
      return PAIR;
    case "gpg":
      return GPG;
    case "random":
    case "password":
    case "uuid":
      return undefined;
  }
}
