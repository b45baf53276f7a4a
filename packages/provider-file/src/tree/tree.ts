/** What a JSON, YAML or dotenv file holds, in one shape. */
export type Tree =
  | ObjectTree
  | { readonly kind: "array"; readonly items: readonly Tree[] }
  | { readonly kind: "text"; readonly text: string }
  /** A number or a boolean as written: parsing 1.10 or a large integer would alter it. */
  | { readonly kind: "literal"; readonly source: string }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "null" };

/** Named values; the order is that of the file. */
export interface ObjectTree {
  readonly kind: "object";
  readonly entries: ReadonlyMap<string, Tree>;
}
