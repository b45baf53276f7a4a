/** What is wrong with a declaration, and where in it. */
export interface StoreFault {
  /** Keys and indexes that lead to what is wrong. */
  readonly path: readonly string[];
  /** In plain words; quotes no value. */
  readonly problem: string;
}

/** A fault as one line: `access.0.paths: is missing`. */
export function formatFault({ path, problem }: StoreFault): string {
  return path.length === 0 ? problem : `${path.join(".")}: ${problem}`;
}
