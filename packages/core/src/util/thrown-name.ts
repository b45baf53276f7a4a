const FOREIGN = /^\[object (?:Error|DOMException)\]$/;
const IDENTIFIER = /^[A-Za-z][\w.-]{0,63}$/;

/**
 * What may be told of a foreign error: its code (`ENOENT`) or class, where that looks like one. Its message
 * may quote anything.
 */
export function thrownName(thrown: unknown): string {
  if (!isError(thrown)) return typeof thrown;
  const names: unknown[] = [Reflect.get(thrown, "code"), thrown.name];
  return (
    (names.find((name) => typeof name === "string" && IDENTIFIER.test(name)) as string | undefined) ?? "Error"
  );
}

/**
 * Whether this is an error of any realm. A test runner that gives its code a realm of its own, as Jest does, breaks
 * `instanceof`; the tag that every realm gives its errors stays.
 */
function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || FOREIGN.test(Object.prototype.toString.call(thrown));
}
