/** What a JSON, YAML or dotenv file holds, in one shape. */
export type Tree = ObjectTree | ArrayTree | TextTree | LiteralTree | BytesTree | NullTree;

export interface ObjectTree {
  readonly kind: "object";
  readonly entries: ReadonlyMap<string, Tree>;
}

export interface ArrayTree {
  readonly kind: "array";
  readonly items: readonly Tree[];
}

export interface TextTree {
  readonly kind: "text";
  readonly text: string;
}

/** A number or a boolean as written: parsing 1.10 or a large integer would alter it. */
export interface LiteralTree {
  readonly kind: "literal";
  readonly source: string;
}

export interface BytesTree {
  readonly kind: "bytes";
  readonly bytes: Uint8Array;
}

export interface NullTree {
  readonly kind: "null";
}
