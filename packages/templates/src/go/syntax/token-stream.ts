import { TemplateProblem } from "../template-problem.js";
import { textOf } from "../values/go-string.js";
import type { Token, TokenType } from "./token.js";

/** Tokens one after the other; the last, an `eof` or `error`, is there for ever. */
export class TokenStream {
  #index = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  next(): Token {
    const token = this.peek();
    if (this.#index < this.tokens.length - 1) this.#index += 1;
    return token;
  }

  peek(): Token {
    const token = this.tokens[this.#index];
    if (token === undefined) throw new Error("a stream has at least one token");
    return token;
  }

  nextNonSpace(): Token {
    this.skipSpace();
    return this.next();
  }

  peekNonSpace(): Token {
    this.skipSpace();
    return this.peek();
  }

  /** A place to come back to. */
  mark(): number {
    return this.#index;
  }

  reset(mark: number): void {
    this.#index = mark;
  }

  /** @throws {TemplateProblem} when the next token is another. */
  expect(type: TokenType, context: string): Token {
    const token = this.nextNonSpace();
    return token.type === type ? token : unexpected(token, context);
  }

  private skipSpace(): void {
    while (this.peek().type === "space") this.next();
  }
}

/** @throws {TemplateProblem} always: this token cannot stand here. */
export function unexpected(token: Token, context: string): never {
  if (token.type === "error") throw new TemplateProblem(textOf(token.text), undefined, token.offset);
  const what = token.type === "eof" ? "end of the template" : describe(token);
  throw new TemplateProblem(`unexpected ${what} in ${context}`, undefined, token.offset);
}

function describe(token: Token): string {
  const text = textOf(token.text);
  return token.type === "text" ? "text" : JSON.stringify(text.length > 20 ? `${text.slice(0, 20)}…` : text);
}
