type Defined<Shape> = { [Key in keyof Shape]?: Exclude<Shape[Key], undefined> };

/** `shape` without what is undefined: absent and undefined are not the same to the SDK's types. */
export function defined<Shape extends object>(shape: Shape): Defined<Shape> {
  return Object.fromEntries(
    Object.entries(shape).filter(([, value]) => value !== undefined),
  ) as Defined<Shape>;
}
