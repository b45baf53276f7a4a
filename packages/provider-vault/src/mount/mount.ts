import { badPath } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import { objectIn, textIn } from "../transport/vault-reply.js";
import { encodePath } from "./secret-path.js";

/**
 * Where an engine is. `engine` is any without a kind of its own here; `unknown` one the server does not tell us
 * of, or none at all.
 */
export interface Mount {
  /** With a slash at its end. */
  readonly path: string;
  readonly kind: "kv1" | "kv2" | "pki" | "transit" | "engine" | "unknown";
}

/** Kinds of engine that hold the server's own working. */
const OWN = new Set(["system", "ns_system", "token", "ns_token"]);

/** An engine as the server describes it. */
export function mountOf(path: string, description: object): Mount {
  const type = textIn(description, "type") ?? "";
  if (OWN.has(type) || /^(?:auth|sys)\//.test(path) || issuesTokens(description))
    throw new Refusal(badPath("it is the server's own"));
  if (type === "pki" || type === "transit") return { path, kind: type };
  // What `kv` of version 1 was called before there was a second.
  if (type !== "kv" && type !== "generic") return { path, kind: "engine" };
  const version = textIn(objectIn(description, "options"), "version");
  return { path, kind: version === "2" ? "kv2" : "kv1" };
}

/** Only auth methods do. One of a namespace below ours is not told by its path: `team/auth/userpass/`. */
function issuesTokens(description: object): boolean {
  return textIn(objectIn(description, "config"), "token_type") !== undefined;
}

/** Whether an engine keeps what is written to it, by name. All others issue, or work on what they are given. */
export function isKeyValue({ kind }: Mount): boolean {
  return kind === "kv1" || kind === "kv2";
}

/**
 * Path of a secret below its mount. In an engine of version 2 people also write the `data/` of its API, which
 * is not part of the secret's name.
 */
export function pathBelow(mount: Mount, path: string): string {
  const below = path.slice(mount.path.length);
  return mount.kind === "kv2" && /^data\/./.test(below) ? below.slice("data/".length) : below;
}

/** The path that {@link pathBelow} takes for `below`. */
export function pathAbove(mount: Mount, below: string): string {
  const doubled = mount.kind === "kv2" && /^data\/./.test(below);
  return `${mount.path}${doubled ? "data/" : ""}${below}`;
}

/** Path in the API of a secret, or of another aspect of it that version 2 has. */
export function apiPath(
  mount: Mount,
  below: string,
  aspect: "data" | "metadata" | "delete" = "data",
): string {
  return `${encodePath(mount.path)}${mount.kind === "kv2" ? `${aspect}/` : ""}${encodePath(below)}`;
}
