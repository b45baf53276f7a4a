import { type ResolutionFailure, SecretValue } from "@sluice/core";
import { dirname } from "node:path/posix";
import type { RenderedFile } from "@sluice/files";
import type { KeesFolder, KeesPaths } from "./kees-paths.js";
import type { KeesValue } from "./kees-values.js";

/** How a store holds values: as kees keeps them, or as they are. */
export type StoredAs = "base64" | "plain";

export interface KeesFiles {
  readonly files: readonly RenderedFile[];
  /** Folders that belong to the writer. */
  readonly roots: readonly string[];
  readonly failures: readonly ResolutionFailure[];
}

/** As kees writes them: whichever user the app runs as, it reads what its own volume holds. */
const MODE = 0o444;

/** The files of an init container, out of what was read. */
export function keesFiles(values: readonly KeesValue[], paths: KeesPaths, storedAs: StoredAs): KeesFiles {
  const failures: ResolutionFailure[] = [];
  const files: RenderedFile[] = [];
  const folders = { secret: undefined, resource: paths.resources, lease: paths.leases };
  const lines = new Map<string, string[]>([[paths.secrets, []]]);
  for (const folder of Object.values(folders)) if (folder !== undefined) lines.set(folder.file, []);
  for (const value of values) {
    const { name, annotation, is } = value.parameter;
    const folder: KeesFolder | undefined = folders[is];
    const line = paths.resources === undefined ? plainLine(value) : base64Line(value, storedAs);
    if (line === undefined || /[\r\n]/.test(line)) {
      failures.push(notALine(annotation, name));
      continue;
    }
    lines.get(folder?.file ?? paths.secrets)?.push(`${name}=${line}\n`);
    const bytes = folder === undefined ? undefined : decoded(line);
    if (folder !== undefined && bytes === undefined) failures.push(notBase64(annotation, name));
    if (folder !== undefined && bytes !== undefined) files.push(fileOf(`${folder.folder}/${name}`, bytes));
  }
  for (const [path, content] of lines) files.push(fileOf(path, Buffer.from(content.join(""))));
  return { files, roots: outermost(files.map(({ path }) => dirname(path))), failures };
}

/** kees' first release writes what the store has. It knows no leases, and an index is plain to read. */
function plainLine({ parameter, stored }: KeesValue): string | undefined {
  const text = stored.textOrUndefined();
  return parameter.is === "lease" ? Buffer.from(text ?? "", "base64").toString() : text;
}

/** So do its later ones, where the store has Base64. */
function base64Line({ stored, isMade = false }: KeesValue, storedAs: StoredAs): string | undefined {
  return isMade || storedAs === "base64"
    ? stored.textOrUndefined()
    : Buffer.from(stored.bytes()).toString("base64");
}

function fileOf(path: string, content: Uint8Array): RenderedFile {
  return { path, content: SecretValue.fromBytes(content), mode: MODE };
}

/** Nothing for text that is no Base64: the decoder would pass over what it does not know. */
function decoded(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, "base64");
  const plain = (base64: string) => base64.replace(/=+$/, "");
  return plain(bytes.toString("base64")) === plain(text) ? bytes : undefined;
}

function notALine(annotation: string, name: string): ResolutionFailure {
  return {
    label: annotation,
    reference: name,
    status: "invalid",
    reason: "not-a-line",
    message: "has a value that is no line of text, and the file has one for each name",
    remedy: "Keep the value in Base64, as kees does",
  };
}

function notBase64(annotation: string, name: string): ResolutionFailure {
  return {
    label: annotation,
    reference: name,
    status: "invalid",
    reason: "not-base64",
    message: "has a value that is not Base64, as which kees keeps values",
    remedy:
      "Put it into the store as Base64, or set KEES_STORED_AS=plain if the store holds values as they are",
  };
}

/** Folders that are in no other of them. */
function outermost(folders: readonly string[]): readonly string[] {
  const distinct = Array.from(new Set(folders));
  return distinct.filter((folder) => !distinct.some((other) => folder.startsWith(`${other}/`))).sort();
}
