import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { type ProviderDependencies, thrownName } from "@sluice/core";
import { badConfiguration } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";

/** No credential is longer; whatever is, is the wrong file. */
const MAX_BYTES = 64 * 1024;

/** Text of a file with a credential, without the white space around it. Read anew each time: files are rotated. */
export async function readCredential(file: string, baseDirectory: string): Promise<string> {
  const path = resolve(baseDirectory, file);
  const text = await readStart(path);
  if (text !== "" && Buffer.byteLength(text) <= MAX_BYTES) return text;
  throw new Refusal(
    badConfiguration(
      "credential-file",
      `${path} is ${text === "" ? "empty" : "too large to be a credential"}`,
      "Correct the path, or what is in the file",
    ),
  );
}

/** Text of a file with a credential, or of a variable where there is no file. */
export async function readCredentialFrom(
  { file, variable = "" }: { readonly file?: string | undefined; readonly variable?: string | undefined },
  { baseDirectory, environment }: Pick<ProviderDependencies, "baseDirectory" | "environment">,
): Promise<string> {
  if (file !== undefined) return readCredential(file, baseDirectory);
  const text = environment[variable]?.trim();
  if (text) return text;
  throw new Refusal(
    badConfiguration("no-credential", `${variable} is not set`, "Set it, or configure the store's auth"),
  );
}

async function readStart(path: string): Promise<string> {
  try {
    await using file = await open(path, "r");
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_BYTES + 1));
    return buffer.toString("utf8", 0, bytesRead).trim();
  } catch (error) {
    const code = thrownName(error);
    throw new Refusal(
      badConfiguration(
        code,
        `${path} cannot be read (${code})`,
        "Correct the path, or the file's permissions",
      ),
    );
  }
}
