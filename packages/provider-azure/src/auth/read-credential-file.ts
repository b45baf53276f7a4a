import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { Refusal } from "../failure/refusal.js";

/** No credential is larger, chains of certificates included; whatever is, is the wrong file. */
const MAX_BYTES = 256 * 1024;

/** The text of a file a credential is in, without the line break an editor leaves at its end. */
export async function readCredentialFile(path: string, baseDirectory: string): Promise<string> {
  return (await readCredentialBytes(path, baseDirectory)).toString().replace(/\r?\n$/, "");
}

/** What a file holds that a credential is in. */
export async function readCredentialBytes(path: string, baseDirectory: string): Promise<Buffer> {
  const bytes = await readStart(resolve(baseDirectory, path));
  if (bytes === undefined) throw new Refusal(credentialFailure(`${path} cannot be read`));
  if (bytes.byteLength > MAX_BYTES)
    throw new Refusal(credentialFailure(`${path} is too large to be a credential`));
  return bytes;
}

async function readStart(path: string): Promise<Buffer | undefined> {
  try {
    const chunks: Buffer[] = [];
    const stream = createReadStream(path, { end: MAX_BYTES });
    for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
    return Buffer.concat(chunks);
  } catch {
    // Why is the file system's business; what to do is the same.
    return undefined;
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
