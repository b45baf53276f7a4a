import { formatReference, type SecretReference } from "@sluice/core";
import { type FilesPlan, type InjectionPlan, PLAN_VERSION } from "@sluice/core/plan";
import { filesReferences } from "../render/files-references.js";

/** The variable of a reference in the plan of a writer's container: `R0`, `R1`, … */
const variableOf = (index: number): string => `R${index}`;

/**
 * What a writer's container must be allowed to read, as a plan of variables: a broker reads it from the pod as any other
 * and answers with the values. Each is asked for in Base64, so that bytes which no variable could hold come through, and
 * may be missing, since the plan for files says what follows from that.
 *
 * @param container - The writer's own.
 */
export function planOfReferences(
  files: Pick<FilesPlan, "files">,
  container: string,
): Pick<InjectionPlan, "version" | "minReader" | "critical" | "container" | "env" | "optional"> {
  const { certain, possible } = filesReferences(files);
  const texts = Array.from(new Set([...certain, ...possible].map(encodedReference)));
  const env = Object.fromEntries(texts.map((text, index) => [variableOf(index), text]));
  return { version: PLAN_VERSION, minReader: 1, critical: [], container, env, optional: Object.keys(env) };
}

/** A reference in canonical form as the plan of a writer's container has it. */
export function encodedReference({ decode = [], ...reference }: SecretReference): string {
  return formatReference({ ...reference, decode: [...decode, "encode-base64"] });
}
