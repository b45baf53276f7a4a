import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { type Finished, sluice, startSluice } from "../../support/sluice.js";
import type { CliSubject } from "../cli/providers/cli-subject.js";
import type { ChildProcess } from "node:child_process";

/** A row that `sluice generate -o json` prints. */
export interface GeneratedRow {
  readonly status: string;
  readonly name: string;
  readonly store: string;
  readonly place: string;
  readonly note: string;
}

/** A folder with a configuration for a store on a real server. */
export class GeneratorPlace implements AsyncDisposable {
  readonly folder: string;
  readonly #subject: CliSubject;

  private constructor(folder: string, subject: CliSubject) {
    this.folder = folder;
    this.#subject = subject;
  }

  /** @param generate the section of the configuration; everybody may have everything created by default */
  static async open(subject: CliSubject, generate: object = {}): Promise<GeneratorPlace> {
    const folder = await mkdtemp(join(tmpdir(), "sluice-generator-"));
    const place = new GeneratorPlace(folder, subject);
    const access = [{ namespaces: ["*"], paths: ["**"] }];
    const { options } = subject.store;
    await place.write("sluice.yaml", { stores: { main: options }, generate: { access, ...generate } });
    return place;
  }

  /** Writes a file of one or more documents. */
  async write(file: string, ...documents: readonly object[]): Promise<void> {
    await writeFile(join(this.folder, file), documents.map((document) => stringify(document)).join("---\n"));
  }

  /** Runs `sluice generate ARGS…` to its end. */
  async generate(...args: readonly string[]): Promise<Finished> {
    return this.#sluice("generate", ...args);
  }

  /** The rows of `sluice generate ARGS… -o json`, which must succeed. */
  async rows(...args: readonly string[]): Promise<GeneratedRow[]> {
    const { code, stdout, stderr } = await this.generate(...args, "-o", "json");
    if (code !== 0) throw new Error(`sluice generate ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as GeneratedRow[];
  }

  /** The texts of references, as everybody reads them. */
  async read(...references: readonly string[]): Promise<string[]> {
    const env = Object.fromEntries(references.map((reference, at) => [`R${at}`, reference]));
    await this.write("read.yaml", { stores: { main: this.#subject.store.options }, env });
    const { code, stdout, stderr } = await this.#sluice(
      "export",
      "--config",
      "read.yaml",
      "--format",
      "json",
    );
    if (code !== 0) throw new Error(`sluice export ended with ${code}: ${stderr}`);
    const read = JSON.parse(stdout) as Record<string, string>;
    return references.map((_, at) => read[`R${at}`] ?? "");
  }

  /** Deletes what is at a path. */
  async remove(path: string): Promise<void> {
    const { code, stderr } = await this.#sluice("delete", `secret://main/${path}`);
    if (code !== 0) throw new Error(`sluice delete ended with ${code}: ${stderr}`);
  }

  /** Starts `sluice generate ARGS…`. */
  start(...args: readonly string[]): ChildProcess {
    return startSluice(["generate", ...args], { cwd: this.folder, env: this.#subject.store.env });
  }

  async #sluice(...args: readonly string[]): Promise<Finished> {
    return sluice(args, { cwd: this.folder, env: this.#subject.store.env });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A `GeneratedSecret`. */
export function generatedSecret(name: string, spec: object, namespace = "default") {
  return {
    apiVersion: "sluice.dev/v1alpha1",
    kind: "GeneratedSecret",
    metadata: { name, namespace },
    spec: { store: "main", ...spec },
  };
}
