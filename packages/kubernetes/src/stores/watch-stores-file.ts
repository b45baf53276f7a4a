import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { SluiceError, thrownName } from "@sluice/core";
import { parseStoresFile } from "./parse-stores-file.js";
import type { StoreCatalogue } from "./store-catalogue.js";
import { StoreTable } from "./store-table.js";

/** How a file of stores is followed. */
export interface WatchStoresFileOptions {
  /** How often the file is read again, in milliseconds; 10 seconds by default. A mounted ConfigMap changes so. */
  readonly pollMs?: number;
}

/**
 * The stores of a file, kept up to date until the catalogue is disposed. When the file cannot be read or used
 * later, what was known last holds; {@link StoreCatalogue.health} tells.
 *
 * @throws {SluiceError} `SLU1101` when the file cannot be read at first, and as {@link parseStoresFile} does.
 */
export async function watchStoresFile(
  file: string,
  { pollMs = 10_000 }: WatchStoresFileOptions = {},
): Promise<StoreCatalogue> {
  const table = new StoreTable();
  const stopped = new AbortController();
  table.replace("SecretStore", []);
  await load(file, table);
  void poll(file, table, pollMs, stopped.signal);
  return {
    find: (namespace, name) => table.find(namespace, name),
    entries: () => table.entries(),
    ready: async (signal) => table.ready(signal),
    health: () => table.health(),
    onChange: (listener) => table.onChange(listener),
    [Symbol.dispose]: () => stopped.abort(),
  };
}

async function load(file: string, table: StoreTable): Promise<void> {
  const text = await readFile(file, "utf8").catch((thrown: unknown) => {
    throw new SluiceError({
      code: "SLU1101",
      kind: "configuration",
      problem: `The stores file ${file} cannot be read (${thrownName(thrown)})`,
      remedy: "Check its path and permissions",
    });
  });
  const stores = parseStoresFile(file, text);
  table.replace(
    "ClusterSecretStore",
    stores.map((store) => ({ status: "found", store })),
  );
}

async function poll(file: string, table: StoreTable, pollMs: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    // It keeps no process alive; its rejection is the abort.
    await sleep(pollMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    const problem = await load(file, table).then(
      () => undefined,
      (thrown: unknown) => (SluiceError.isInstance(thrown) ? thrown.message : thrownName(thrown)),
    );
    table.report(file, problem);
  }
}
