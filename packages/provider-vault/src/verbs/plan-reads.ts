import type { Failure, SecretRecord } from "@sluice/core";
import { apiPath } from "../mount/mount.js";
import type { Ask } from "../mount/mount-table.js";
import type { Place } from "../mount/place.js";
import { type Ciphertext, decryptBatch } from "./decrypt-batch.js";

/** What is known of a request before anything is read: why it fails, how it is read, or what is to be decrypted. */
export type Step =
  | { readonly kind: "failure"; readonly failure: Failure }
  | { readonly kind: "read"; readonly read: () => Promise<SecretRecord> }
  | { readonly kind: "decrypt"; readonly place: Place; readonly ciphertext: Ciphertext };

/** One call to the server, for some requests. */
export interface Read {
  readonly ids: readonly string[];
  /** An answer for each of them, in their order. Rejects with a `Refusal` that concerns them all. */
  readonly run: () => Promise<readonly (SecretRecord | Failure)[]>;
}

interface Decryption {
  readonly place: Place;
  readonly ids: string[];
  readonly ciphertexts: Ciphertext[];
}

/** Each secret is read on its own; the ciphertexts of one key are decrypted together. */
export function planReads(
  steps: readonly { readonly id: string; readonly step: Step }[],
  ask: Ask,
  signal: AbortSignal,
): Read[] {
  const reads: Read[] = [];
  const decryptions = new Map<string, Decryption>();
  for (const { id, step } of steps) {
    if (step.kind === "failure") reads.push({ ids: [id], run: async () => [step.failure] });
    else if (step.kind === "read") reads.push({ ids: [id], run: async () => [await step.read()] });
    else {
      // The engine takes a context for all that it decrypts at once, or for none.
      const context = Object.hasOwn(step.ciphertext, "context") ? "context" : "";
      const key = `${apiPath(step.place.mount, step.place.below)} ${context}`;
      const decryption = decryptions.get(key) ?? { place: step.place, ids: [], ciphertexts: [] };
      decryptions.set(key, decryption);
      decryption.ids.push(id);
      decryption.ciphertexts.push(step.ciphertext);
    }
  }
  for (const { place, ids, ciphertexts } of decryptions.values())
    reads.push({ ids, run: async () => decryptBatch(ask, place, ciphertexts, signal) });
  return reads;
}
