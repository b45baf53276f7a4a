import { TemplateProblem } from "../template-problem.js";
import type { GoString } from "../values/go-string.js";
import type { BranchNode, Node } from "./node.js";
import { parsePipeline, parseText } from "./parse-pipeline.js";
import type { ParserState } from "./parser-state.js";
import { unexpected } from "./token-stream.js";

/** How a list of nodes ends. */
export interface ListEnd {
  readonly type: "else" | "end" | "eof";
  readonly offset: number;
}

/** Reads nodes up to and with `{{end}}`, `{{else}}` (without what follows an `else if`), or the end of the template. */
export function parseNodes(
  state: ParserState,
  isTop = false,
): { readonly nodes: Node[]; readonly end: ListEnd } {
  const { tokens } = state;
  const nodes: Node[] = [];
  for (;;) {
    const token = tokens.nextNonSpace();
    const { offset } = token;
    if (token.type === "eof") return { nodes, end: { type: "eof", offset } };
    if (token.type === "text") {
      nodes.push({ type: "text", offset, text: token.text });
      continue;
    }
    if (token.type !== "left-delimiter") unexpected(token, "input");
    const word = tokens.peekNonSpace();
    if (word.type === "end" || word.type === "else") {
      tokens.next();
      const isChain = word.type === "else" && ["if", "with"].includes(tokens.peekNonSpace().type);
      if (!isChain) tokens.expect("right-delimiter", word.type);
      return { nodes, end: { type: word.type, offset: word.offset } };
    }
    const node = state.nested(offset, () => parseAction(state, isTop));
    if (node !== undefined) nodes.push(node);
  }
}

/** Reads an action after its left delimiter; a `define` gives no node. */
function parseAction(state: ParserState, isTop: boolean): Node | undefined {
  const { tokens } = state;
  const { type, offset } = tokens.peekNonSpace();
  switch (type) {
    case "if":
    case "with":
    case "range":
      tokens.next();
      return parseBranch(state, type, offset);
    case "break":
    case "continue":
      tokens.next();
      tokens.expect("right-delimiter", `{{${type}}}`);
      if (state.rangeDepth === 0)
        throw new TemplateProblem(`{{${type}}} outside {{range}}`, undefined, offset);
      return { type, offset };
    case "define":
      if (!isTop)
        throw new TemplateProblem("define stands inside another action", "Move it to the top", offset);
      tokens.next();
      return parseDefine(state, offset);
    case "block": {
      tokens.next();
      const name = parseName(state, "block clause");
      const pipe = parsePipeline(state, "block clause");
      parseDefinition(state, name, offset, "block clause");
      return { type: "template", offset, name, pipe };
    }
    case "template": {
      tokens.next();
      const name = parseName(state, "template clause");
      if (tokens.peekNonSpace().type !== "right-delimiter")
        return { type, offset, name, pipe: parsePipeline(state, "template clause") };
      tokens.next();
      return { type, offset, name, pipe: undefined };
    }
    default:
      return { type: "action", offset, pipe: parsePipeline(state, "command") };
  }
}

function parseBranch(state: ParserState, type: BranchNode["type"], offset: number): BranchNode {
  const known = state.variables.length;
  const pipe = parsePipeline(state, type);
  if (type === "range") state.rangeDepth += 1;
  const { nodes: body, end } = parseNodes(state);
  if (type === "range") state.rangeDepth -= 1;
  const otherwise = end.type === "else" ? parseElse(state, type) : undefined;
  if (end.type === "eof") throw new TemplateProblem(`unexpected EOF: ${type} has no end`, undefined, offset);
  state.variables.length = known;
  return { type, offset, pipe, body, otherwise };
}

/** What follows `{{else`: a list up to its end, or the `if` or `with` that shares the end. */
function parseElse(state: ParserState, type: BranchNode["type"]): Node[] {
  const following = state.tokens.peek();
  const isChain = type !== "range" && following.type === type;
  if (isChain) {
    state.tokens.next();
    return [state.nested(following.offset, () => parseBranch(state, type, following.offset))];
  }
  const { nodes, end } = parseNodes(state);
  if (end.type !== "end") throw new TemplateProblem(`expected end; found ${end.type}`, undefined, end.offset);
  return nodes;
}

function parseDefine(state: ParserState, offset: number): undefined {
  const name = parseName(state, "define clause");
  state.tokens.expect("right-delimiter", "define clause");
  parseDefinition(state, name, offset, "define clause");
}

function parseDefinition(state: ParserState, name: GoString, offset: number, context: string): void {
  const { nodes, end } = state.separate(() => parseNodes(state));
  if (end.type !== "end")
    throw new TemplateProblem(`unexpected ${end.type} in ${context}`, undefined, end.offset);
  state.define(name, nodes, offset);
}

function parseName(state: ParserState, context: string): GoString {
  const token = state.tokens.nextNonSpace();
  if (token.type !== "string" && token.type !== "raw-string") unexpected(token, context);
  return parseText(token);
}
