/** Whose place is taken, and by what. */
export interface KeesImages {
  /**
   * Images of ours by the repository of kees' that they replace, from whichever registry and with whichever tag:
   * `bsycorp/kees/init`. Without one nothing is replaced.
   */
  readonly images: Readonly<Record<string, string>>;
}
