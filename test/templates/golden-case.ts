import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));

/** What the source answers at a path; data is JSON, so that numbers are as they are written. */
export interface GoldenAnswer {
  readonly path: string;
  readonly args?: Readonly<Record<string, string>>;
  readonly secret?: {
    readonly requestId?: string;
    readonly leaseId?: string;
    readonly leaseDuration?: number;
    readonly renewable?: boolean;
    readonly data: string;
    readonly warnings?: readonly string[];
  };
  readonly keys?: readonly string[];
  readonly pem?: {
    readonly Cert: string;
    readonly Key: string;
    readonly CA: string;
    readonly CAChain: readonly string[];
  };
}

/** A template with all it is rendered with. */
export interface GoldenCase {
  readonly name: string;
  readonly template: string;
  readonly missingKey?: "default" | "zero" | "error";
  readonly data?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly answers?: readonly GoldenAnswer[];
  /** Why we end with an error what consul-template renders. */
  readonly refused?: string;
}

/** What Go made of a case: text, bytes that are none, or an error. */
export interface Golden {
  readonly name: string;
  readonly output?: string;
  readonly base64?: string;
  readonly stage?: "parse" | "execute";
  readonly error?: string;
}

interface CaseFile {
  readonly env?: GoldenCase["env"];
  readonly answers?: GoldenCase["answers"];
  readonly cases: Readonly<Record<string, string | Omit<GoldenCase, "name">>>;
}

/** Names of the files of cases. */
export const CASE_FILES: readonly string[] = readdirSync(join(FOLDER, "cases"))
  .map((name) => basename(name, ".yaml"))
  .sort();

/** The cases of a file, each complete. */
export function readCases(file: string): GoldenCase[] {
  const {
    cases,
    env = {},
    answers = [],
  } = parse(readFileSync(join(FOLDER, "cases", `${file}.yaml`), "utf8")) as CaseFile;
  return Object.entries(cases).map(([name, each]) => ({
    name,
    env,
    answers,
    ...(typeof each === "string" ? { template: each } : each),
  }));
}

/** Where Go's answers to a file of cases are kept. */
export function goldenPath(file: string): string {
  return join(FOLDER, "goldens", `${file}.json`);
}

/** Go's answers, by the names of their cases. */
export function readGoldens(file: string): Map<string, Golden> {
  const goldens = JSON.parse(readFileSync(goldenPath(file), "utf8")) as Golden[];
  return new Map(goldens.map((golden) => [golden.name, golden]));
}
