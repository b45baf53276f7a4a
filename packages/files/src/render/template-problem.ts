import type { PlannedFile } from "@sluice/core/plan";
import { parseGoTemplate, TemplateError } from "@sluice/templates/go";

/**
 * What is wrong with the template of a file before anything is read: its syntax, or a function that there is none of, with line
 * and column. Nothing of a file that is no template.
 */
export function templateProblem({
  path,
  content,
}: Pick<PlannedFile, "path" | "content">): TemplateError | undefined {
  if (content.format !== "go-template") return undefined;
  try {
    parseGoTemplate(path, content.template, { delimiters: content.delimiters });
    return undefined;
  } catch (thrown) {
    if (TemplateError.isInstance(thrown)) return thrown;
    throw thrown;
  }
}
