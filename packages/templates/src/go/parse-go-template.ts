import { checkFunction } from "./functions/check-function.js";
import type { GoTemplate } from "./go-template.js";
import { lexTemplate } from "./syntax/lex-template.js";
import { parseNodes } from "./syntax/parse-nodes.js";
import { ParserState } from "./syntax/parser-state.js";
import { TokenStream } from "./syntax/token-stream.js";
import { templateErrorAt } from "./template-error-at.js";
import { DEFAULT_LIMITS, type TemplateLimits } from "./template-limits.js";
import { TemplateProblem } from "./template-problem.js";
import { goString } from "./values/go-string.js";

/** How a template is to be parsed. */
export interface ParseOptions extends Pick<Partial<TemplateLimits>, "maxTemplateBytes"> {
  /** What opens and closes an action; `{{` and `}}` by default. */
  readonly delimiters?: readonly [left: string, right: string] | undefined;
  /** What another notation calls functions, with ours for each; its names win. */
  readonly aliases?: Readonly<Record<string, string>>;
}

/**
 * Parses a template of Go's text/template with the functions of consul-template.
 *
 * @param name What errors call it: an annotation, a file.
 * @throws {TemplateError} when it is malformed, too large, or uses a function that does not exist or is refused.
 */
export function parseGoTemplate(
  name: string,
  text: string,
  {
    maxTemplateBytes = DEFAULT_LIMITS.maxTemplateBytes,
    delimiters: [left, right] = ["{{", "}}"],
    aliases = {},
  }: ParseOptions = {},
): GoTemplate {
  const source = goString(text);
  try {
    if (source.length > maxTemplateBytes)
      throw new TemplateProblem(
        `it is larger than ${maxTemplateBytes} bytes`,
        "Make it smaller, or raise maxTemplateBytes",
      );
    const state = new ParserState(
      new TokenStream(lexTemplate(source, { left: goString(left), right: goString(right) })),
      (name, offset) => {
        const known = (Object.hasOwn(aliases, name) ? aliases[name] : undefined) ?? name;
        checkFunction(known, offset);
        return known;
      },
    );
    const { nodes, end } = parseNodes(state, true);
    if (end.type !== "eof") throw new TemplateProblem(`unexpected {{${end.type}}}`, undefined, end.offset);
    return { name, source, root: nodes, templates: state.templates };
  } catch (thrown) {
    if (thrown instanceof TemplateProblem) throw templateErrorAt({ name, source }, "parse", thrown, 0);
    throw thrown;
  }
}
