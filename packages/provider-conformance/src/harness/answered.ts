import { AssertionError } from "node:assert";
import { types } from "node:util";

const IDENTIFIER = /^[A-Za-z][\w.-]{0,63}$/;

/**
 * The result of a verb that must not reject. Of a rejection only the name and the place are told: its message
 * may quote a value.
 *
 * @throws {AssertionError} when it rejects.
 */
export async function answered<Result>(verb: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (thrown) {
    const error = new AssertionError({ message: `\`${verb}\` rejected, with ${nameOf(thrown)}` });
    error.stack = `${error.message}${framesOf(thrown)}`;
    throw error;
  }
}

/** Code or class of what was thrown, where that looks like one. */
export function nameOf(thrown: unknown): string {
  if (!types.isNativeError(thrown)) return `something that is no error (${typeof thrown})`;
  const names: unknown[] = [Reflect.get(thrown, "code"), thrown.name];
  const name = names.find((each) => typeof each === "string" && IDENTIFIER.test(each));
  return typeof name === "string" ? name : "an error";
}

function framesOf(thrown: unknown): string {
  const stack = types.isNativeError(thrown) ? thrown.stack : undefined;
  const frames = stack?.split("\n").filter((line) => /^ {4}at /.test(line)) ?? [];
  return frames.map((frame) => `\n${frame}`).join("");
}
