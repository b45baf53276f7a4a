import { failureOfReply } from "../failure/failure-of-reply.js";
import { malformed } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import { SharedFlight } from "../session/shared-flight.js";
import { objectIn, textIn, type VaultReply, type VaultRequest } from "../transport/vault-reply.js";
import { type Mount, mountOf } from "./mount.js";
import { encodePath } from "./secret-path.js";

/** Asks as somebody. */
export type Ask = (request: Omit<VaultRequest, "token">) => Promise<VaultReply>;

/** How long an answer counts, in milliseconds: an engine may be moved, or upgraded to version 2. */
const FRESH_MS = 300_000;

const LOOKUP = "sys/internal/ui/mounts";

/** Which engine a path leads to, as the server tells it, and remembered for a while. */
export class MountTable {
  readonly #known = new Map<string, { readonly mount: Mount; readonly until: number }>();
  readonly #lookups = new SharedFlight<Mount>();

  constructor(
    private readonly ask: Ask,
    private readonly kvVersion: 1 | 2 | undefined,
  ) {}

  /** The engine that `path` leads to. Rejects with a {@link Refusal}. */
  async find(path: string, signal: AbortSignal): Promise<Mount> {
    const known = this.#remembered(path);
    if (known !== undefined) return known;
    const lookUp = async (shared: AbortSignal): Promise<Mount> => this.#lookUp(path, shared);
    // Paths that begin alike mostly lead to one engine: one of them asks for all.
    const shared = await this.#lookups.join(`${firstPart(path)}/`, signal, lookUp);
    return shared.kind !== "unknown" && path.startsWith(shared.path)
      ? shared
      : (this.#remembered(path) ?? this.#lookups.join(path, signal, lookUp));
  }

  /** The engines that hold something we may use; of others the server keeps silent. Rejects with a {@link Refusal}. */
  async usable(signal: AbortSignal): Promise<Mount[]> {
    const reply = await this.ask({ method: "GET", path: LOOKUP, signal });
    if (reply.status !== 200) throw new Refusal(failureOfReply(reply));
    return enginesIn(objectIn(objectIn(reply.body, "data"), "secret"));
  }

  /** All engines there are; `undefined` where we have no right to know. Rejects with a {@link Refusal}. */
  async all(signal: AbortSignal): Promise<Mount[] | undefined> {
    const reply = await this.ask({ method: "GET", path: "sys/mounts", signal });
    if (reply.status === 403 && reply.body !== undefined) return undefined;
    if (reply.status !== 200) throw new Refusal(failureOfReply(reply));
    return enginesIn(objectIn(reply.body, "data"));
  }

  #remembered(path: string): Mount | undefined {
    // No engine can be mounted below another: only one can match.
    for (const { mount, until } of this.#known.values())
      if (path.startsWith(mount.path) && Date.now() < until) return mount;
    return undefined;
  }

  async #lookUp(path: string, signal: AbortSignal): Promise<Mount> {
    const reply = await this.ask({ method: "GET", path: `${LOOKUP}/${encodePath(path)}`, signal });
    if (reply.status === 403 && reply.body !== undefined) return this.#assumed(path);
    if (reply.status !== 200) throw new Refusal(failureOfReply(reply));
    const data = objectIn(reply.body, "data");
    const mountPath = textIn(data, "path");
    if (data === undefined || mountPath === undefined) throw new Refusal(malformed());
    return this.#remember(mountOf(mountPath, data));
  }

  // The server tells a mount only to who may read something below it, and answers alike where there is none.
  #assumed(path: string): Mount {
    const mountPath = `${firstPart(path)}/`;
    if (this.kvVersion === undefined) return { path: mountPath, kind: "unknown" };
    return this.#remember({ path: mountPath, kind: this.kvVersion === 2 ? "kv2" : "kv1" });
  }

  #remember(mount: Mount): Mount {
    this.#known.set(mount.path, { mount, until: Date.now() + FRESH_MS });
    return mount;
  }
}

/** Engines as a listing describes them, but for the server's own. */
function enginesIn(listed: object | undefined): Mount[] {
  if (listed === undefined) throw new Refusal(malformed());
  return Object.keys(listed)
    .filter((path) => !/^(?:auth|sys)\//.test(path))
    .map((path) => mountOf(path, objectIn(listed, path) ?? {}));
}

function firstPart(path: string): string {
  return path.split("/", 1)[0] ?? "";
}
