/** An error of ours that is told apart by its name, like those of the SDK. */
export function namedError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
