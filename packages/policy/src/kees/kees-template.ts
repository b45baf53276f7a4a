import Handlebars from "handlebars";
import { compare } from "../grant.js";
import { policyError } from "../policy-error.js";

/** What a template of kees sees of an annotation. */
export interface KeesTemplateParameter {
  /** The path in the store without the storage prefix. */
  readonly storageSuffix: string;
  readonly parameterName: string;
  readonly parameterNameWithField: string;
  readonly fieldName?: string;
  readonly fullAnnotationName: string;
}

/**
 * Renders a template of kees' exporter: `moduleName` and `parameters`, these in the order of their storage suffix
 * and each suffix once. Nothing is escaped, for what it writes is no HTML; so a suffix has to be plain, which the
 * annotations see to, and the module's name too.
 *
 * @throws SluiceError `SLU1402`
 */
export function renderKeesTemplate(
  template: string,
  moduleName: string,
  parameters: readonly KeesTemplateParameter[],
): string {
  if (!/^[\w.-]+$/.test(moduleName))
    throw policyError(
      "The module's name has more than letters, digits, dots, hyphens and underscores",
      "Give another with -m",
    );
  const distinct = new Map(parameters.toReversed().map((parameter) => [parameter.storageSuffix, parameter]));
  const listed = Array.from(distinct.values()).sort((a, b) => compare(a.storageSuffix, b.storageSuffix));
  const handlebars = Handlebars.create();
  handlebars.registerHelper("storageSuffix", storageSuffix);
  try {
    const render = handlebars.compile(template, { noEscape: true, strict: false });
    return render({ moduleName, parameters: listed });
  } catch (thrown) {
    const line = lineOf(thrown);
    throw policyError(
      `The template cannot be rendered${line === undefined ? "" : ` (line ${line})`}`,
      "It is a Handlebars template with moduleName and parameters: correct it",
    );
  }
}

/** Both as `{{storageSuffix}}` within a parameter and as `{{storageSuffix this}}`. */
function storageSuffix(this: unknown, ...given: unknown[]): unknown {
  const parameter = given.length > 1 ? given[0] : this;
  return typeof parameter === "object" && parameter !== null
    ? Reflect.get(parameter, "storageSuffix")
    : undefined;
}

function lineOf(thrown: unknown): string | undefined {
  const message = thrown instanceof Error ? thrown.message : "";
  return /(?:on line |- )(\d+)/.exec(message)?.[1];
}
