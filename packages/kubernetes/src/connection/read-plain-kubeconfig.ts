import { readFile } from "node:fs/promises";
import { field } from "../objects/kubernetes-object.js";
import type { LoadedConfig } from "./loaded-config.js";
import { plainAccount, type PlainIdentity } from "./plain-account.js";

const CLUSTER = new Set(["server", "certificate-authority-data"]);
const USER = new Set(["token", "client-certificate-data", "client-key-data"]);

/**
 * Reads a kubeconfig that says everything itself: no plugin, no proxy, no other file. The vendor's library, which
 * reads every kubeconfig, brings the types of the whole API with it: 24 MB, and a thousand modules to load. What is not
 * plain, or wrong, is left to it: `undefined`.
 */
export async function readPlainKubeconfig(path: string, context?: string): Promise<LoadedConfig | undefined> {
  const config = await parsed(path);
  const name = context ?? field(config, "current-context");
  const chosen = named(config, "contexts", name, "context");
  const cluster = named(config, "clusters", field(chosen, "cluster"), "cluster");
  const user = named(config, "users", field(chosen, "user"), "user");
  const server = field(cluster, "server");
  const namespace = field(chosen, "namespace");
  if (typeof server !== "string" || !URL.canParse(server)) return undefined;
  if (!hasOnly(cluster, CLUSTER) || !hasOnly(user, USER)) return undefined;
  if (namespace !== undefined && typeof namespace !== "string") return undefined;
  const identity = identityOf(cluster, user);
  return {
    server: new URL(server),
    account: plainAccount(() => identity),
    ...(namespace !== undefined && { namespace }),
  };
}

async function parsed(path: string): Promise<unknown> {
  try {
    const text = await readFile(path, "utf8");
    const { parse } = await import("yaml");
    return parse(text) as unknown;
  } catch {
    // The vendor's library finds the same, and is asked what it is.
    return undefined;
  }
}

/** The first of a list that has this name, as kubectl finds it. */
function named(config: unknown, list: string, name: unknown, part: string): unknown {
  const entries = field(config, list);
  if (!Array.isArray(entries) || typeof name !== "string") return undefined;
  return field(
    entries.find((entry) => field(entry, "name") === name),
    part,
  );
}

/** Whether something is there, and every field of it is one of these, and a text. */
function hasOnly(value: unknown, names: ReadonlySet<string>): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).every(([name, text]) => names.has(name) && typeof text === "string");
}

function identityOf(cluster: unknown, user: unknown): PlainIdentity {
  const pem = (from: unknown, name: string): Buffer | undefined => {
    const text = field(from, name);
    return typeof text === "string" && text !== "" ? Buffer.from(text, "base64") : undefined;
  };
  const [ca, cert, key] = [
    pem(cluster, "certificate-authority-data"),
    pem(user, "client-certificate-data"),
    pem(user, "client-key-data"),
  ];
  const token = field(user, "token");
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(typeof token === "string" && token !== "" && { token }),
  };
}
