import { stat } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { systemCode } from "../failure/failure-of.js";
import { DEFAULT_MAX_BYTES, type FileFormat, type FileOptions } from "../file-options.js";
import { loadFormat } from "../format/document-format.js";
import { DirectoryStore } from "./directory-store.js";
import { DocumentStore } from "./document-store.js";
import type { FileStore } from "./file-store.js";

/** A store whose kind may have to be looked up. */
export interface StoreAccess {
  /** Absolute. */
  readonly path: string;
  /** Asked for every operation: where the options leave it open, a directory may appear there later. */
  readonly store: () => Promise<FileStore>;
}

/** Without effects until `store` is called. */
export function openStore(options: FileOptions, baseDirectory: string): StoreAccess {
  const path = resolve(baseDirectory, options.path);
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  const format = options.format ?? formatOf(options.path);
  const directory = new DirectoryStore(path, maxBytes);
  if (format === "directory") return { path, store: async () => directory };
  const document = new DocumentStore(path, maxBytes, () => loadFormat(format));
  if (options.format !== undefined) return { path, store: async () => document };
  return { path, store: async () => ((await isDirectory(path)) ? directory : document) };
}

/** The format a path alone tells; that it is a directory it tells only by a slash at its end. */
function formatOf(path: string): FileFormat {
  if (path.endsWith("/")) return "directory";
  const extension = extname(path).toLowerCase();
  if (extension === ".json") return "json";
  return extension === ".yaml" || extension === ".yml" ? "yaml" : "dotenv";
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    // Missing or denied: the operation itself comes upon it, and says so.
    if (systemCode(error) !== undefined) return false;
    throw error;
  }
}
