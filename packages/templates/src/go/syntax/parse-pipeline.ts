import { TemplateProblem } from "../template-problem.js";
import { asGoString, textOf, type GoString } from "../values/go-string.js";
import type { Command, Operand, Pipeline } from "./node.js";
import { parseNumber } from "./parse-number.js";
import type { ParserState } from "./parser-state.js";
import type { Token, TokenType } from "./token.js";
import { unexpected } from "./token-stream.js";
import { unquoteString } from "./unquote.js";

const STARTS: ReadonlySet<TokenType> = new Set([
  "bool",
  "character",
  "dot",
  "field",
  "identifier",
  "number",
  "nil",
  "raw-string",
  "string",
  "variable",
  "left-paren",
] as const);
const NOT_EXECUTABLE: ReadonlySet<string> = new Set(["bool", "dot", "nil", "number", "string"]);

/** Reads a pipeline up to and with its end: a right delimiter, or a right parenthesis. */
export function parsePipeline(
  state: ParserState,
  context: string,
  end: TokenType = "right-delimiter",
): Pipeline {
  const { offset } = state.tokens.peekNonSpace();
  const { variables, assigns } = parseVariables(state, context);
  const commands: Command[] = [];
  for (;;) {
    const token = state.tokens.peekNonSpace();
    if (token.type === end) break;
    if (!STARTS.has(token.type)) unexpected(token, context);
    commands.push(parseCommand(state));
  }
  const last = state.tokens.nextNonSpace();
  if (commands.length === 0)
    throw new TemplateProblem(`missing value for ${context}`, undefined, last.offset);
  for (const [index, { words, offset: at }] of commands.entries())
    if (index > 0 && NOT_EXECUTABLE.has(words[0].type))
      throw new TemplateProblem(`non executable command in pipeline stage ${index + 1}`, undefined, at);
  return { type: "pipe", offset, variables, assigns, commands };
}

/** `$x :=`, `$x =`, and in a range `$i, $x :=`. */
function parseVariables(state: ParserState, context: string): Pick<Pipeline, "variables" | "assigns"> {
  const variables: GoString[] = [];
  const { tokens } = state;
  for (;;) {
    if (tokens.peekNonSpace().type !== "variable") return { variables, assigns: false };
    const mark = tokens.mark();
    const { text, offset } = tokens.next();
    const sign = tokens.peekNonSpace();
    const isComma = sign.type === "char" && sign.text === ",";
    if (sign.type !== "assign" && sign.type !== "declare" && !isComma) {
      tokens.reset(mark);
      return { variables, assigns: false };
    }
    tokens.next();
    variables.push(text);
    state.variables.push(text);
    if (!isComma) return { variables, assigns: sign.type === "assign" };
    if (context !== "range" || variables.length > 1)
      throw new TemplateProblem(`too many declarations in ${context}`, undefined, offset);
    const following = tokens.peekNonSpace();
    if (!["variable", "right-delimiter", "right-paren"].includes(following.type))
      throw new TemplateProblem("range can only initialize variables", undefined, following.offset);
  }
}

function parseCommand(state: ParserState): Command {
  const { tokens } = state;
  const { offset } = tokens.peekNonSpace();
  const words: Operand[] = [];
  for (;;) {
    tokens.peekNonSpace();
    const operand = parseOperand(state);
    if (operand !== undefined) words.push(operand);
    const token = tokens.peek();
    if (token.type === "space") {
      tokens.next();
      continue;
    }
    if (token.type === "pipe") tokens.next();
    else if (token.type !== "right-delimiter" && token.type !== "right-paren") unexpected(token, "operand");
    break;
  }
  const [first, ...rest] = words;
  if (first === undefined) throw new TemplateProblem("empty command", undefined, offset);
  return { offset, words: [first, ...rest] };
}

/** A term, with the fields that follow it without a space. */
function parseOperand(state: ParserState): Operand | undefined {
  const term = parseTerm(state);
  if (term === undefined || state.tokens.peek().type !== "field") return term;
  const { offset } = state.tokens.peek();
  const names: GoString[] = [];
  while (state.tokens.peek().type === "field") names.push(fieldName(state.tokens.next()));
  switch (term.type) {
    case "field":
    case "variable":
      return { ...term, names: [...term.names, ...names] };
    case "identifier":
    case "pipe":
      return { type: "chain", offset, of: term, names };
    default:
      throw new TemplateProblem("unexpected . after term", undefined, offset);
  }
}

function parseTerm(state: ParserState): Operand | undefined {
  const mark = state.tokens.mark();
  const token = state.tokens.nextNonSpace();
  const { offset, text } = token;
  switch (token.type) {
    case "identifier": {
      return { type: "identifier", offset, name: state.functionOf(textOf(text), offset) };
    }
    case "dot":
    case "nil":
      return { type: token.type, offset };
    case "variable":
      if (!state.variables.includes(text))
        throw new TemplateProblem(`undefined variable ${textOf(text)}`, undefined, offset);
      return { type: "variable", offset, variable: text, names: [] };
    case "field":
      return { type: "field", offset, names: [fieldName(token)] };
    case "bool":
      return { type: "bool", offset, value: text === "true" };
    case "character":
    case "number": {
      const number = parseNumber(text, offset);
      if (typeof number === "string") throw new TemplateProblem(number, undefined, offset);
      return number;
    }
    case "raw-string":
    case "string":
      return { type: "string", offset, value: parseText(token) };
    case "left-paren":
      return state.nested(offset, () => parsePipeline(state, "parenthesized pipeline", "right-paren"));
    default:
      state.tokens.reset(mark);
      return undefined;
  }
}

function fieldName(token: Token): GoString {
  return asGoString(token.text.slice(1));
}

/** The value of a string token. */
export function parseText(token: Token): GoString {
  const value = unquoteString(token.text);
  if (value === undefined) throw new TemplateProblem("invalid escape in string", undefined, token.offset);
  return value;
}
