import type { PlannedGoTemplate } from "@sluice/core/plan";
import { SecretValue } from "@sluice/core";
import { parseGoTemplate, renderGoTemplate, TemplateError, type TemplateSource } from "@sluice/templates/go";
import type { Fault, Filling } from "./filling.js";
import { referenceSource, UnreadSecret } from "./reference-source.js";
import type { RenderOptions } from "./render-options.js";
import type { SecretReads } from "./secret-reads.js";

/** A template's output. What it cannot read, and what is wrong with it, are faults. */
export async function fillTemplate(
  path: string,
  { template, store, missingKey, delimiters }: PlannedGoTemplate,
  reads: SecretReads,
  options: RenderOptions,
): Promise<Filling<SecretValue>> {
  const faults: Fault[] = [];
  const source: TemplateSource =
    options.templateSource?.(store, path) ?? referenceSource(store, reads, faults);
  const { signal } = options.request ?? {};
  try {
    const bytes = await renderGoTemplate(parseGoTemplate(path, template, { delimiters }), {
      source,
      ...(missingKey !== undefined && { missingKey }),
      ...(options.templateEnv !== undefined && { env: options.templateEnv }),
      ...(signal !== undefined && { signal }),
    });
    return { result: SecretValue.fromBytes(bytes) };
  } catch (thrown) {
    if (thrown instanceof UnreadSecret) return { faults };
    if (TemplateError.isInstance(thrown)) return { faults: [templateFault(thrown)] };
    throw thrown;
  }
}

/** What is wrong with a template, as one of the failures of a plan. */
function templateFault({ position, problem, remedy }: TemplateError): Fault {
  const message = `cannot be rendered: ${problem}`;
  return {
    reference: `template at ${position.line}:${position.column}`,
    status: "invalid",
    reason: "template",
    message,
    remedy,
  };
}
