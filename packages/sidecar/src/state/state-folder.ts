import { rm } from "node:fs/promises";
import { join } from "node:path";
import { readPrivateFile, type SecretResolver, SecretValue, writePrivateFile } from "@sluice/core";
import type { HeldSecrets } from "../files/held-secrets.js";
import { formatState, MOST_STATE_BYTES, parseState } from "./sidecar-state.js";

/** An answer of docs/spec/protocol-v1.md, 3, with nothing in it: the launcher's `check` takes it for a source that is ready. */
const READY = `${JSON.stringify({ protocol: 1, critical: [], env: {} })}\n`;

/** What a sidecar keeps in its own folder in memory. */
export class StateFolder {
  #written: SecretValue | undefined;

  constructor(private readonly folder: string) {}

  get #state(): string {
    return join(this.folder, "state");
  }

  get #ready(): string {
    return join(this.folder, "ready");
  }

  /** Takes over what the run before left: its leases are renewed, and given back, as if they had been taken here. */
  async takeOver(resolver: SecretResolver, secrets: HeldSecrets): Promise<number> {
    const text = await readPrivateFile(this.#state, MOST_STATE_BYTES);
    const state = text === undefined ? undefined : parseState(text.text(), Date.now());
    for (const lease of state?.leases ?? []) resolver.leases.adopt(lease, { revoke: true });
    for (const secret of state?.secrets ?? []) secrets.set(secret);
    return state?.leases.length ?? 0;
  }

  /** Leaves everything to whoever comes next. Writes only what differs. */
  async leave(resolver: SecretResolver, secrets: HeldSecrets): Promise<void> {
    const state = formatState({ leases: resolver.leases.held(), secrets: secrets.all });
    if (this.#written?.equals(state)) return;
    await writePrivateFile(this.#state, state);
    this.#written = state;
  }

  async setReady(): Promise<void> {
    await writePrivateFile(this.#ready, SecretValue.fromText(READY));
  }

  async setNotReady(): Promise<void> {
    await rm(this.#ready, { force: true });
  }

  /** Nothing is left: the leases were given back. */
  async forget(): Promise<void> {
    this.#written = undefined;
    await rm(this.#state, { force: true });
  }
}
