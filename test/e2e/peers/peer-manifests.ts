import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Pod } from "@sluice/core/pod";
import { parse, parseAllDocuments } from "yaml";

/** A manifest of another system, and what its containers must end with. */
export interface PeerManifest {
  readonly name: string;
  /** Where it is taken from. */
  readonly source: string;
  readonly manifest: string;
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  /** What vaults hold, by their names. */
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly certificates?: Readonly<Record<string, readonly string[]>>;
  /** By container: all it prints, or variables of it, whole or as patterns. */
  readonly expect: Readonly<Record<string, Expected>>;
}

interface Expected {
  readonly stdout?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly matches?: Readonly<Record<string, string>>;
}

interface Manifest {
  readonly kind: string;
  readonly spec: { readonly template?: Pod };
}

const FOLDER = fileURLToPath(new URL("../../fixtures/peers", import.meta.url));
const read = (file: string): string => readFileSync(join(FOLDER, file), "utf8");

export const PEERS: readonly PeerManifest[] = parse(read("index.yaml")) as PeerManifest[];

/** The text of a manifest file. */
export function textOf({ manifest }: PeerManifest): string {
  return read(manifest);
}

/**
 * What a manifest has: its custom objects, and its pod, which a workload's controller would make of its template.
 *
 * @param text - That of its file by default.
 */
export function objectsOf(
  { manifest }: PeerManifest,
  text = read(manifest),
): {
  readonly others: readonly object[];
  readonly pod: Pod;
} {
  const documents = parseAllDocuments(text).map((document) => document.toJS() as Manifest);
  const pods = documents.flatMap((document): Pod[] => {
    if (document.kind === "Pod") return [document as unknown as Pod];
    return document.spec.template === undefined ? [] : [document.spec.template];
  });
  const [pod] = pods;
  if (pods.length !== 1 || pod === undefined) throw new Error(`${manifest} has ${pods.length} pods`);
  return { pod, others: documents.filter(({ kind, spec }) => kind !== "Pod" && spec.template === undefined) };
}

/** A variable as the probe prints it, read back. */
export function variablesIn(report: string): Record<string, string> {
  const entries = Array.from(report.matchAll(/^variable ([^=\n]+)=(.*)$/gm), ([, name = "", text = ""]) => [
    name,
    text.replaceAll(/\\x([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}
