import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Refusal } from "../failure/refusal.js";

/** The text of a file a credential is in, without the line break an editor leaves at its end. */
export async function readCredentialFile(path: string, baseDirectory: string): Promise<string> {
  return (await readCredentialBytes(path, baseDirectory)).toString().replace(/\r?\n$/, "");
}

/** What a file holds that a credential is in. */
export async function readCredentialBytes(path: string, baseDirectory: string): Promise<Buffer> {
  try {
    return await readFile(resolve(baseDirectory, path));
  } catch {
    throw new Refusal(credentialFailure(`${path} cannot be read`));
  }
}

/** There is nothing to log in with. */
export function credentialFailure(why: string): Refusal["failure"] {
  return {
    status: "denied",
    reason: "credential-unavailable",
    message: `cannot be asked for: ${why}`,
    remedy: "Correct `auth` in the store's options, or what it names",
  };
}
