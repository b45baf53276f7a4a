import { execFile } from "node:child_process";

/** What a program writes when it is given this to read. */
export async function pipeThrough(file: string, args: readonly string[], input: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const options = { timeout: 120_000, maxBuffer: 64 * 1024 * 1024 };
  const child = execFile(file, args, options, (error, stdout) => {
    if (error === null) resolve(stdout);
    else reject(error);
  });
  child.stdin?.end(input);
  return promise;
}
