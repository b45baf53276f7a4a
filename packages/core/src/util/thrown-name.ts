const IDENTIFIER = /^[A-Za-z][\w.-]{0,63}$/;

/**
 * What may be told of a foreign error: its code (`ENOENT`) or class, where that looks like one. Its message
 * may quote anything.
 */
export function thrownName(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown;
  const names: unknown[] = [Reflect.get(thrown, "code"), thrown.name];
  return (
    (names.find((name) => typeof name === "string" && IDENTIFIER.test(name)) as string | undefined) ?? "Error"
  );
}
