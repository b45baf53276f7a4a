const CODE = /^[A-Za-z][\w.-]{0,63}$/;

/** What may be told of a foreign error: its code (`ECONNREFUSED`), or its class. Its message may quote anything. */
export function errorCode(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "Error";
  const names: unknown[] = [Reflect.get(thrown, "code"), thrown.name];
  return names.find((name): name is string => typeof name === "string" && CODE.test(name)) ?? "Error";
}
