import { createHash } from "node:crypto";
import { SluiceError } from "@sluice/core";
import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import { parseStore } from "./parse-store.js";
import { formatFault, type StoreFault } from "./store-fault.js";
import type { Store } from "./store.js";

/**
 * Reads `stores:` of a YAML 1.2 or JSON text: each by its name, with what would be the `spec` of a
 * `ClusterSecretStore`.
 *
 * @param file the file as messages name it
 * @throws {SluiceError} `SLU1102` when it is no YAML, `SLU1103` with line and column of every fault. Neither quotes
 *   the text.
 */
export function parseStoresFile(file: string, text: string): readonly Store[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const locate = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  if (document.errors.length > 0) {
    const faults = document.errors.map(({ pos, code }) => `${locate(pos[0])}: ${inWords(code)}`);
    throw unusable("SLU1102", faults);
  }
  const { stores, faults } = readStores(toValue(document, file));
  if (faults.length === 0) return stores;
  throw unusable(
    "SLU1103",
    faults.map((fault) => `${locate(offsetOf(document, fault.path))}: ${formatFault(fault)}`),
  );
}

function readStores(value: unknown): { stores: Store[]; faults: StoreFault[] } {
  const stores: Store[] = [];
  const faults: StoreFault[] = [];
  if (!isRecord(value) || !isRecord(value["stores"]))
    return { stores, faults: [{ path: [], problem: '"stores" is missing, or no map of names to stores' }] };
  for (const key of Object.keys(value))
    if (key !== "stores") faults.push({ path: [key], problem: "is not known; the file has stores only" });
  for (const [name, spec] of Object.entries(value["stores"])) {
    const version = createHash("sha256")
      .update(JSON.stringify(spec) ?? "")
      .digest("hex");
    const parsed = parseStore({ kind: "ClusterSecretStore", name }, version, spec);
    if (parsed.store !== undefined) stores.push(parsed.store);
    else
      faults.push(
        ...parsed.faults.map(({ path, problem }) => ({ path: ["stores", name, ...path], problem })),
      );
  }
  return { stores, faults };
}

function unusable(code: "SLU1102" | "SLU1103", faults: readonly string[]): SluiceError {
  const remedy = faults.length === 1 ? "Correct it" : "Correct each";
  return new SluiceError({ code, kind: "configuration", problem: faults.join("; "), remedy });
}

function inWords(code: string): string {
  return `the YAML is not valid (${code.toLowerCase().replaceAll("_", " ")})`;
}

/** The document as plain data; aliases are bounded, so that a small file cannot become a huge value. */
function toValue(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    // The parser's message quotes.
    throw unusable("SLU1102", [`${file}: an alias has no anchor before it, or there are too many`]);
  }
}

/** Where the last part of a path that is there begins. */
function offsetOf(document: Document.Parsed, path: readonly string[]): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const part of path) {
    let key: unknown;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === part);
      ({ key, value: node } = { key: pair?.key, value: pair?.value });
    } else {
      node = isSeq(node) ? node.items[Number(part)] : undefined;
      key = node;
    }
    const range: unknown = typeof key === "object" && key !== null && Reflect.get(key, "range");
    if (!Array.isArray(range)) break;
    offset = Number(range[0]);
  }
  return offset;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
