import { type Failure, parseReference, type SecretReference, SluiceError, StoreError } from "@sluice/core";

/** Reads a reference as a place to write to. Throws where it says more than store and path. */
export function parsePlace(written: string): Pick<SecretReference, "store" | "path"> {
  const { store, path, ...rest } = parseReference(written);
  const [extra] = Object.keys(rest);
  if (extra === undefined) return { store, path };
  throw new SluiceError({
    code: "SLU1201",
    kind: "usage",
    problem: `${written} has a ${extra}, and only a whole secret can be changed`,
    remedy: `Write secret://${store}/PATH alone`,
  });
}

/** What a write did. Throws its failure, `exists` included: what was asked for was not done. */
export function succeeded<Outcome extends { readonly status: string }>(
  store: string,
  outcome: Outcome | Failure,
): Exclude<Outcome, Failure> {
  if (outcome.status === "exists")
    throw new StoreError(store, {
      status: "conflict",
      reason: "exists",
      message: "there is a value already, and it stays",
      remedy: "Leave out --if-absent to replace it",
    });
  if ("reason" in outcome) throw new StoreError(store, outcome);
  return outcome as Exclude<Outcome, Failure>;
}
