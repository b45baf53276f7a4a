import { resolve } from "node:path";
import { readPrivateFile, SecretValue, thrownName, writePrivateFile } from "@sluice/core";
import { badConfiguration } from "../failure/failures.js";
import { failureOfReply } from "../failure/failure-of-reply.js";
import { Refusal } from "../failure/refusal.js";
import { numberIn, objectIn, type VaultCall } from "../transport/vault-reply.js";
import type { SessionOptions } from "../vault-options.js";
import type { AuthMethod, IssuedToken } from "./auth-method.js";

/** No token is longer. */
const MOST_BYTES = 64 * 1024;

/** The server does not know the token any more. */
const UNKNOWN: ReadonlySet<number> = new Set([400, 403, 404]);

/** Begins with the token that the program before us left, and leaves ours to the next. A workload logs in by itself. */
export function handedOverAuth(
  auth: AuthMethod,
  { file, keep = false }: SessionOptions,
  baseDirectory: string,
): AuthMethod {
  const path = resolve(baseDirectory, file);
  let isFirst = true;
  return {
    ...(auth.onBehalfOf !== undefined && { onBehalfOf: auth.onBehalfOf }),
    login: async (call, signal) => {
      const found = isFirst ? await inherited(path, call, signal) : undefined;
      // A server that could not be asked is asked again.
      isFirst = false;
      const issued = found ?? (await auth.login(call, signal));
      if (!issued.ours) return issued;
      if (found === undefined)
        await onPath(path, async () => writePrivateFile(path, SecretValue.fromText(issued.token)));
      return { ...issued, isKept: keep };
    },
  };
}

async function inherited(
  path: string,
  call: VaultCall,
  signal: AbortSignal,
): Promise<IssuedToken | undefined> {
  const token = (await onPath(path, async () => readPrivateFile(path, MOST_BYTES)))?.text();
  if (token === undefined || token === "") return undefined;
  const reply = await call({ method: "GET", path: "auth/token/lookup-self", token, signal });
  if (UNKNOWN.has(reply.status)) return undefined;
  if (reply.status !== 200) throw new Refusal(failureOfReply(reply));
  const data = objectIn(reply.body, "data");
  const renewable = data !== undefined && Reflect.get(data, "renewable") === true;
  return { token, ttlMs: (numberIn(data, "ttl") ?? 0) * 1000, renewable, ours: true };
}

async function onPath<Result>(path: string, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (thrown) {
    const code = thrownName(thrown);
    throw new Refusal(
      badConfiguration(
        code,
        `${path} cannot be used (${code})`,
        "Name a file that our user may write, as session.file",
      ),
    );
  }
}
