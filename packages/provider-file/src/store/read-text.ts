import type { BigIntStats } from "node:fs";
import { isMissing } from "../failure/failure-of.js";
import { readRegularFile } from "../files/read-regular-file.js";
import { decodeText, type DocumentText } from "./document-text.js";

/** A text file as it was at one moment. */
export interface TextFile extends DocumentText {
  readonly stats: BigIntStats;
}

/** Throws a `Refusal` for what is not a regular file of UTF-8 within `maxBytes`, and the file system's errors. */
export async function readText(path: string, maxBytes: number): Promise<TextFile> {
  const { bytes, stats } = await readRegularFile(path, maxBytes);
  const content = decodeText(bytes, path);
  bytes.fill(0);
  return { ...content, stats };
}

/** Like {@link readText}; `undefined` if there is no file. */
export async function readTextIfPresent(path: string, maxBytes: number): Promise<TextFile | undefined> {
  try {
    return await readText(path, maxBytes);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
