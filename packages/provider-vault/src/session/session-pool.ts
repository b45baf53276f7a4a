import { identityKey, type Identity } from "@sluice/core";
import type { AuthMethod } from "../auth/auth-method.js";
import { unsupported } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import { MountTable } from "../mount/mount-table.js";
import type { VaultCall } from "../transport/vault-reply.js";
import { VaultSession } from "./vault-session.js";

/** Most workloads that are logged in at once. */
const MOST = 256;

/** Somebody's session, and the mounts that somebody may know of. */
export interface Access {
  readonly session: VaultSession;
  readonly mounts: MountTable;
}

/** A session for each identity; those used longest ago give way. */
export class SessionPool {
  readonly #open = new Map<string, Access>();

  constructor(
    private readonly auth: AuthMethod,
    private readonly call: VaultCall,
    private readonly kvVersion: 1 | 2 | undefined,
    private readonly leavesLeases: boolean,
  ) {}

  /** @throws {Refusal} for a workload, if the store's way to log in cannot tell workloads apart. */
  access(identity: Identity): Access {
    const key = identityKey(identity);
    const access = this.#open.get(key) ?? this.#begin(identity);
    // The last in order is the one used last.
    this.#open.delete(key);
    this.#open.set(key, access);
    this.#giveWay();
    return access;
  }

  /** Ends all sessions. */
  async close(): Promise<void> {
    const open = Array.from(this.#open.values());
    this.#open.clear();
    await Promise.all(open.map(async ({ session }) => session.close()));
  }

  #begin(identity: Identity): Access {
    const auth = identity.kind === "self" ? this.auth : this.auth.onBehalfOf?.(identity);
    if (auth === undefined)
      throw new Refusal(
        unsupported(
          "delegation",
          "cannot be read on behalf of a workload: the store's auth knows no workloads",
          "Let the store log in with kubernetes or jwt",
        ),
      );
    const session = new VaultSession(auth, this.call, this.leavesLeases);
    return { session, mounts: new MountTable(session.ask, this.kvVersion) };
  }

  #giveWay(): void {
    const [oldest] = this.#open;
    if (this.#open.size <= MOST || oldest === undefined) return;
    const [key, { session }] = oldest;
    this.#open.delete(key);
    // Not revoked: calls may be under way with its token, and leases end with it.
    session.release();
  }
}
