import { isReference, SluiceError, REFERENCE_SCHEME } from "@sluice/core";

/**
 * Throws `SLU1201` when an argument is a reference or embeds one: arguments are not filled, for every user of
 * the machine can read them, and a command must not start with a reference it cannot understand.
 */
export function refuseReferencesInArguments(argv: readonly string[]): void {
  const index = argv.findIndex(
    (argument) => isReference(argument) || argument.includes(`\${${REFERENCE_SCHEME}`),
  );
  if (index === -1) return;
  throw new SluiceError({
    code: "SLU1201",
    kind: "usage",
    problem: `Argument ${index} of the command holds a secret reference, and arguments are never filled: everybody on the machine can read them`,
    remedy: "Put the reference into a variable, and let the command read that",
  });
}
