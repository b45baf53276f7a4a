import type { BigIntStats } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { CheckFinding, ListedSecret } from "@sluice/core";
import { failureOf } from "../failure/failure-of.js";
import type { DocumentFormat } from "../format/document-format.js";
import { fileStamp } from "../files/file-version.js";
import { readRegularFile } from "../files/read-regular-file.js";
import { resolvedPath } from "../files/resolved-path.js";
import type { ObjectTree } from "../tree/tree.js";
import { treePaths } from "../tree/tree-paths.js";
import { failedFinding, okFinding, permissionFindings } from "./check-findings.js";
import { documentEdit } from "./document-edit.js";
import { documentEntry } from "./document-entry.js";
import { decodeText, parseText } from "./document-text.js";
import { readText, readTextIfPresent } from "./read-text.js";
import type { Edit, Entry, FileStore } from "./file-store.js";

interface Content {
  readonly tree: ObjectTree;
  /** Of all leaves, sorted. */
  readonly paths: readonly string[];
  readonly stats: BigIntStats;
}

/** Many secrets in one file. Keeps what it read until the file changes. */
export class DocumentStore implements FileStore {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #format: () => Promise<DocumentFormat>;
  #last: { readonly key: string; readonly content: Promise<Content> } | undefined;

  /** @param path absolute */
  constructor(path: string, maxBytes: number, format: () => Promise<DocumentFormat>) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#format = format;
  }

  async read(paths: readonly string[]): Promise<ReadonlyMap<string, Entry>> {
    const { tree, paths: known, stats } = await this.#content();
    const place = { file: this.#path, known, ...fileStamp(stats) };
    return new Map(paths.map((path) => [path, documentEntry(tree, path, place)]));
  }

  async list(): Promise<readonly ListedSecret[]> {
    const { paths, stats } = await this.#content();
    const stamp = fileStamp(stats);
    return paths.map((path) => ({ path, ...stamp }));
  }

  async lockFile(): Promise<string> {
    const target = await resolvedPath(this.#path);
    return join(dirname(target), `.${basename(target)}.lock`);
  }

  async edit(path: string): Promise<Edit> {
    const format = await this.#format();
    const target = await resolvedPath(this.#path);
    const present = await readTextIfPresent(target, this.#maxBytes);
    const text = present?.text ?? format.emptyText;
    return documentEdit({
      format,
      path,
      text,
      tree: parseText(format, text, this.#path),
      mark: present?.mark ?? "",
      target,
      previous: present?.stats,
      maxBytes: this.#maxBytes,
    });
  }

  async directories(): Promise<ReadonlySet<string>> {
    return new Set([dirname(this.#path), dirname(await resolvedPath(this.#path))]);
  }

  async check(): Promise<readonly CheckFinding[]> {
    const findings: CheckFinding[] = [];
    try {
      const { bytes, stats } = await readRegularFile(this.#path, this.#maxBytes);
      findings.push(okFinding("reachable", `${this.#path} can be read`));
      findings.push(...permissionFindings(new Map([[this.#path, stats]]), `chmod 600 ${this.#path}`));
      parseText(await this.#format(), decodeText(bytes, this.#path).text, this.#path);
      findings.push(okFinding("parsable", "It is well-formed"));
    } catch (error) {
      const aspect = findings.length === 0 ? "reachable" : "parsable";
      findings.push(failedFinding(aspect, failureOf(error, this.#path)));
    }
    return findings;
  }

  /** One read and one parse serve every caller until the file changes. */
  async #content(): Promise<Content> {
    const { ino, mtimeNs, ctimeNs, size } = await stat(this.#path, { bigint: true });
    // Unlike a version this has the time of change too: when rights are withdrawn, only that one tells.
    const key = [ino, mtimeNs, ctimeNs, size].join(" ");
    if (this.#last?.key === key) return this.#last.content;
    const last = { key, content: this.#parse() };
    this.#last = last;
    try {
      return await last.content;
    } catch (error) {
      // What failed may work next time though the file is the same: there may be descriptors again.
      if (this.#last === last) this.#last = undefined;
      throw error;
    }
  }

  async #parse(): Promise<Content> {
    const { text, stats } = await readText(this.#path, this.#maxBytes);
    const tree = parseText(await this.#format(), text, this.#path);
    return { tree, paths: treePaths(tree), stats };
  }
}
