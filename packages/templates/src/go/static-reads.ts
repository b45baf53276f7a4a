import type { GoTemplate } from "./go-template.js";
import { secretRequest, type SecretFunction, type SecretRequest } from "./secret-request.js";
import type { Command, Node, Operand, Pipeline } from "./syntax/node.js";
import { TemplateProblem } from "./template-problem.js";
import type { GoString } from "./values/go-string.js";

/** What can be said of a template's reads before it is rendered. */
export interface StaticReads {
  /** Read in any case, unless an error comes first. */
  readonly certain: readonly SecretRequest[];
  /** Read if a branch is taken. */
  readonly possible: readonly SecretRequest[];
  /** Whether there are reads whose arguments are computed. */
  readonly hasComputed: boolean;
}

const SECRET_FUNCTIONS: readonly string[] = ["secret", "secrets", "pkiCert"] satisfies SecretFunction[];

/** What a template reads, as far as it is written there. For a policy, a linter, and for reading ahead. */
export function staticReads(template: GoTemplate): StaticReads {
  const found = new Finder();
  found.nodes(template.root, true);
  for (const body of template.templates.values()) found.nodes(body, false);
  const { certain, possible, hasComputed } = found;
  return { certain, possible, hasComputed };
}

class Finder {
  readonly certain: SecretRequest[] = [];
  readonly possible: SecretRequest[] = [];
  hasComputed = false;

  nodes(nodes: readonly Node[], isCertain: boolean): void {
    for (const node of nodes) {
      if (!("pipe" in node)) continue;
      if (node.pipe !== undefined) this.pipeline(node.pipe, isCertain);
      if (!("body" in node)) continue;
      this.nodes(node.body, false);
      this.nodes(node.otherwise ?? [], false);
    }
  }

  private pipeline({ commands }: Pipeline, isCertain: boolean): void {
    for (const [index, command] of commands.entries()) this.command(command, index > 0, isCertain);
  }

  private command({ words }: Command, isPiped: boolean, isCertain: boolean): void {
    const [first, ...rest] = words;
    const isLazy = first.type === "identifier" && (first.name === "and" || first.name === "or");
    for (const [index, word] of rest.entries()) this.operand(word, isCertain && (!isLazy || index === 0));
    if (first.type === "identifier") this.call(first.name, rest, isPiped, isCertain);
    else this.operand(first, isCertain);
  }

  private operand(word: Operand, isCertain: boolean): void {
    if (word.type === "pipe") this.pipeline(word, isCertain);
    else if (word.type === "chain") this.operand(word.of, isCertain);
  }

  private call(name: string, words: readonly Operand[], isPiped: boolean, isCertain: boolean): void {
    if (!SECRET_FUNCTIONS.includes(name)) return;
    const texts: GoString[] = [];
    for (const word of words) if (word.type === "string") texts.push(word.value);
    const isStatic = !isPiped && texts.length === words.length;
    const request = isStatic ? requestOf(name as SecretFunction, texts) : undefined;
    if (!isStatic) this.hasComputed = true;
    if (request !== undefined) (isCertain ? this.certain : this.possible).push(request);
  }
}

/** A malformed call is an error when it is rendered, at its place. */
function requestOf(name: SecretFunction, words: readonly GoString[]): SecretRequest | undefined {
  try {
    return secretRequest(name, words);
  } catch (thrown) {
    if (thrown instanceof TemplateProblem) return undefined;
    throw thrown;
  }
}
