/** A secret under the name it gets in the file. */
export interface Variable {
  readonly name: string;
  readonly value: string;
}
