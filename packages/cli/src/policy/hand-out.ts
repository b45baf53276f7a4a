import { policyDifference, policyError } from "@sluice/policy";
import type { ModeContext } from "@sluice/mode";
import { readTextFile, writeWhole } from "@sluice/mode/stores";

/** Where a policy goes. */
export interface HandOutOptions {
  readonly output?: string;
  readonly check?: string;
}

/** Readable for all: a policy is no secret. */
const MODE = 0o644;

/**
 * Prints a policy, writes it to a file, or holds it against one.
 *
 * @throws SluiceError `SLU1402` with the difference above it, where the file is another policy
 */
export async function handOut(
  { output, directory }: ModeContext,
  { output: file, check }: HandOutOptions,
  text: string,
): Promise<void> {
  if (check !== undefined) {
    const kept = await readTextFile(directory, check, `The policy ${check}`);
    const difference = policyDifference(check, kept, text);
    if (difference === undefined) return;
    output.note(difference.trimEnd());
    throw policyError(
      `${check} is not what the manifests ask for`,
      "Review the difference, and make the policy anew",
    );
  }
  if (file === undefined) output.print(text);
  else await writeWhole(directory, file, Buffer.from(text), MODE);
}
