import type { GoString } from "../values/go-string.js";

interface Placed {
  /** Where it is in the template, in bytes. */
  readonly offset: number;
}

/** What a template is made of. */
export type Node =
  | (Placed & { readonly type: "text"; readonly text: GoString })
  | (Placed & { readonly type: "action"; readonly pipe: Pipeline })
  | (Placed & { readonly type: "break" | "continue" })
  | BranchNode
  | (Placed & { readonly type: "template"; readonly name: GoString; readonly pipe: Pipeline | undefined });

/** `if`, `with` and `range`. */
export interface BranchNode extends Placed {
  readonly type: "if" | "with" | "range";
  readonly pipe: Pipeline;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[] | undefined;
}

/** Commands joined with `|`, whose value may be declared or assigned to variables. */
export interface Pipeline extends Placed {
  readonly type: "pipe";
  readonly variables: readonly GoString[];
  readonly assigns: boolean;
  readonly commands: readonly Command[];
}

/** A function, field or value with its arguments; never empty. */
export interface Command extends Placed {
  readonly words: readonly [Operand, ...Operand[]];
}

/** A number with every type it can stand for, as Go's untyped constants. */
export interface NumberOperand extends Placed {
  readonly type: "number";
  readonly text: GoString;
  readonly int: bigint | undefined;
  readonly uint: bigint | undefined;
  readonly float: number | undefined;
}

/** One word of a command. */
export type Operand =
  | Pipeline
  | NumberOperand
  | (Placed & { readonly type: "identifier"; readonly name: string })
  | (Placed & { readonly type: "field"; readonly names: readonly GoString[] })
  | (Placed & { readonly type: "variable"; readonly variable: GoString; readonly names: readonly GoString[] })
  | (Placed & { readonly type: "chain"; readonly of: Operand; readonly names: readonly GoString[] })
  | (Placed & { readonly type: "dot" | "nil" })
  | (Placed & { readonly type: "bool"; readonly value: boolean })
  | (Placed & { readonly type: "string"; readonly value: GoString });
