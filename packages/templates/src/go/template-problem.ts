const REMEDY = "Correct the template; docs/templates.md has what it can do";

/** What is wrong, before it is known where: whoever knows the place makes a `TemplateError` of it. Holds no value. */
export class TemplateProblem extends Error {
  override readonly name = "TemplateProblem";

  constructor(
    readonly problem: string,
    readonly remedy: string = REMEDY,
    /** Offset in the template, in bytes, where it is known already. */
    readonly offset?: number,
  ) {
    super(problem);
  }
}
