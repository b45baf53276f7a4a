import { MAX_SYNTAX_DEPTH } from "../template-limits.js";
import { TemplateProblem } from "../template-problem.js";
import { asGoString, type GoString } from "../values/go-string.js";
import type { Node } from "./node.js";
import type { TokenStream } from "./token-stream.js";

const NESTED_REMEDY = "Nest less deeply";

/** What a parser knows on its way through a template. */
export class ParserState {
  /** Variables that may be used here. */
  variables: GoString[] = [asGoString("$")];
  /** Ranges around this place. */
  rangeDepth = 0;
  readonly templates: Map<GoString, readonly Node[]> = new Map<GoString, readonly Node[]>();
  #depth = 0;

  constructor(
    readonly tokens: TokenStream,
    /** The function of a name. Throws a `TemplateProblem` for a name that is no function. */
    readonly functionOf: (name: string, offset: number) => string,
  ) {}

  /** Runs what reads something inside of something else. */
  nested<T>(offset: number, read: () => T): T {
    this.#depth += 1;
    if (this.#depth > MAX_SYNTAX_DEPTH)
      throw new TemplateProblem(`it is nested deeper than ${MAX_SYNTAX_DEPTH} levels`, NESTED_REMEDY, offset);
    const result = read();
    this.#depth -= 1;
    return result;
  }

  /** Runs what reads a template inside the template: it has variables of its own and is in no range. */
  separate<T>(read: () => T): T {
    const { variables, rangeDepth } = this;
    this.variables = [asGoString("$")];
    this.rangeDepth = 0;
    const result = read();
    Object.assign(this, { variables, rangeDepth });
    return result;
  }

  /** An empty template may be defined again, and never takes the place of another. */
  define(name: GoString, body: readonly Node[], offset: number): void {
    const known = this.templates.get(name);
    if (known === undefined || known.every(isEmpty)) this.templates.set(name, body);
    else if (!body.every(isEmpty))
      throw new TemplateProblem("multiple definition of a template", undefined, offset);
  }
}

function isEmpty(node: Node): boolean {
  return node.type === "text" && /^[\s\x85\xA0]*$/.test(node.text);
}
