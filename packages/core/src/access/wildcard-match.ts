/** How the elements of a pattern are held against the items of a sequence. */
export interface WildcardRules<Element, Item> {
  /** Whether an element stands for any number of items, also none. */
  readonly isWildcard: (element: Element) => boolean;
  /** Whether a wildcard may stand for this item. */
  readonly isPlain: (item: Item) => boolean;
  /** Whether an element that is no wildcard stands for this item. It must fit plain items only, or others only. */
  readonly fits: (element: Element, item: Item) => boolean;
}

/**
 * Whether a sequence fits a pattern. Goes back to the last wildcard only, so it takes at most pattern × items
 * steps, whatever the pattern. Since items that are not plain each need an element of their own, in order, the
 * earliest fit of what precedes a wildcard is as good as any later one.
 */
export function wildcardMatch<Element, Item>(
  pattern: readonly Element[],
  items: readonly Item[],
  { isWildcard, isPlain, fits }: WildcardRules<Element, Item>,
): boolean {
  let [at, next] = [0, 0];
  let last: { readonly at: number; next: number } | undefined;
  while (next < items.length) {
    const element = pattern[at] as Element;
    if (at < pattern.length && isWildcard(element)) {
      last = { at, next };
      at++;
    } else if (at < pattern.length && fits(element, items[next] as Item)) {
      at++;
      next++;
    } else if (last !== undefined && isPlain(items[last.next] as Item)) {
      last.next++;
      at = last.at + 1;
      ({ next } = last);
    } else return false;
  }
  return pattern.slice(at).every(isWildcard);
}
