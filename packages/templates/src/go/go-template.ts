import type { Node } from "./syntax/node.js";
import type { GoString } from "./values/go-string.js";

/** A parsed template; it can be rendered any number of times, at the same time too. */
export interface GoTemplate {
  /** What errors call it. */
  readonly name: string;
  readonly source: GoString;
  readonly root: readonly Node[];
  /** Templates that it defines. */
  readonly templates: ReadonlyMap<GoString, readonly Node[]>;
}
