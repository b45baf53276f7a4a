import { sprint, withoutPointer } from "../print/sprint.js";
import type { BranchNode, Node } from "../syntax/node.js";
import { TemplateProblem } from "../template-problem.js";
import { asGoString, goString, textOf, type GoString } from "../values/go-string.js";
import { typeName } from "../values/go-type.js";
import { GoChannel, GoInteger, GoList, GoMap, goInt, type GoValue } from "../values/go-value.js";
import { isTrue } from "../values/is-true.js";
import { evaluatePipeline, located, type Place } from "./evaluate-pipeline.js";
import type { Run } from "./run.js";
import { Scope } from "./scope.js";

type Jump = "break" | "continue" | undefined;

/** Walks through a template and collects what it writes. */
export class Walker {
  readonly #parts: GoString[] = [];
  #length = 0;
  readonly #run: Run;

  constructor(run: Omit<Run, "execute">) {
    this.#run = { ...run, execute: (name, dot) => this.#execute(name, dot) };
  }

  /** The output of the whole template. */
  render(data: GoValue): GoString {
    const { root } = this.#run.template;
    this.#walkList(root, { run: this.#run, scope: new Scope(data), dot: data });
    return asGoString(this.#parts.join(""));
  }

  #write(bytes: GoString): void {
    this.#length += bytes.length;
    const { meter } = this.#run;
    meter.bytes(bytes.length);
    if (this.#length > meter.limits.maxOutputBytes) meter.bytes(this.#length);
    this.#parts.push(bytes);
  }

  #walkList(nodes: readonly Node[], place: Place): Jump {
    const { meter } = this.#run;
    meter.enter();
    let jump: Jump;
    for (const node of nodes) {
      jump = located(node.offset, () => this.#walk(node, place));
      if (jump !== undefined) break;
    }
    meter.leave();
    return jump;
  }

  #walk(node: Node, place: Place): Jump {
    this.#run.meter.step();
    switch (node.type) {
      case "text":
        this.#write(node.text);
        return undefined;
      case "break":
      case "continue":
        return node.type;
      case "if":
      case "with":
        return this.#walkBranch(node, place);
      case "range":
        this.#walkRange(node, place);
        return undefined;
      case "template": {
        // Looked for first: a template that is not there is an error before its data is evaluated.
        const body = this.#templateNamed(node.name);
        const dot = node.pipe === undefined ? undefined : evaluatePipeline(node.pipe, place);
        this.#walkList(body, { run: this.#run, scope: new Scope(dot), dot });
        return undefined;
      }
      case "action": {
        const value = evaluatePipeline(node.pipe, place);
        if (node.pipe.variables.length === 0) this.#print(value);
        return undefined;
      }
    }
  }

  #print(value: GoValue): void {
    if (typeof value === "string") this.#write(value);
    else if (value === undefined) this.#write(goString("<no value>"));
    else this.#write(sprint([withoutPointer(value)], this.#run.meter));
  }

  #walkBranch({ type, pipe, body, otherwise }: BranchNode, place: Place): Jump {
    const { scope } = place;
    const mark = scope.mark();
    const value = evaluatePipeline(pipe, place);
    const taken = isTrue(value) ? body : otherwise;
    const dot = type === "with" && taken === body ? value : place.dot;
    const jump = taken === undefined ? undefined : this.#walkList(taken, { ...place, dot });
    scope.reset(mark);
    return jump;
  }

  #walkRange(node: BranchNode, place: Place): void {
    const { scope } = place;
    const mark = scope.mark();
    const { variables, assigns } = node.pipe;
    const value = evaluatePipeline(node.pipe, place);
    const inner = scope.mark();
    let isEmpty = true;
    for (const [index, element] of elementsOf(value, variables.length)) {
      isEmpty = false;
      this.#run.meter.step();
      const [first, second] = variables;
      if (first !== undefined && assigns) scope.assign(first, second === undefined ? element : index);
      if (second !== undefined && assigns) scope.assign(second, element);
      if (first !== undefined && !assigns) scope.assignLast(1, element);
      if (second !== undefined && !assigns) scope.assignLast(2, index);
      const jump = this.#walkList(node.body, { ...place, dot: element });
      scope.reset(inner);
      if (jump === "break") break;
    }
    if (isEmpty && node.otherwise !== undefined) this.#walkList(node.otherwise, place);
    scope.reset(mark);
  }

  #templateNamed(name: GoString): readonly Node[] {
    const body = this.#run.template.templates.get(name);
    if (body === undefined)
      throw new TemplateProblem(`template ${JSON.stringify(textOf(name))} is not defined`);
    return body;
  }

  /** Renders aside, into a string. */
  #execute(name: GoString, dot: GoValue): GoString {
    const start = this.#parts.length;
    this.#walkList(this.#templateNamed(name), { run: this.#run, scope: new Scope(dot), dot });
    const bytes = asGoString(this.#parts.splice(start).join(""));
    this.#length -= bytes.length;
    return bytes;
  }
}

/** Index or key, and element, of what a range goes through. */
function* elementsOf(value: GoValue, variables: number): Generator<readonly [GoValue, GoValue]> {
  if (value === undefined || value === null) return;
  if (value instanceof GoList) {
    for (const [index, item] of value.items.entries()) yield [goInt(index), item];
  } else if (value instanceof GoMap) yield* value.sorted();
  else if (value instanceof GoInteger) {
    if (variables > 1) throw new TemplateProblem("an integer is iterated over with one variable at most");
    for (let each = 0n; each < value.value; each += 1n) yield [undefined, new GoInteger(value.type, each)];
  } else if (value instanceof GoChannel) {
    let index = 0;
    for (let each = value.receive(); each !== undefined; each = value.receive()) {
      yield [goInt(index), each];
      index += 1;
    }
  } else throw new TemplateProblem(`range cannot iterate over a value of type ${typeName(value)}`);
}
