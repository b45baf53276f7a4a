import type { Identity, SecretRecord, SecretVersion } from "@sluice/core";
import { readCredential } from "../auth/credential-file.js";
import { badPath, unsupported } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import type { VaultCall } from "../transport/vault-reply.js";
import type { VaultOptions, WrappedOptions } from "../vault-options.js";
import { recordOf } from "../verbs/record-of.js";
import { UnwrappedOnce } from "./unwrapped-once.js";

const PREFIX = "sys/wrapping/unwrap/";

/** The responses that were wrapped for a store. Their tokens are secrets, so references only name them. */
export class WrappedSecrets {
  readonly #secrets: ReadonlyMap<string, UnwrappedOnce<SecretRecord>>;

  constructor(
    options: NonNullable<VaultOptions["wrapped"]>,
    baseDirectory: string,
    private readonly call: VaultCall,
  ) {
    this.#secrets = new Map(
      Object.entries(options).map(([name, each]) => [name, unwrapped(each, baseDirectory)]),
    );
  }

  /** Whether a path is that of a wrapped response. */
  includes(path: string): boolean {
    return path.startsWith(PREFIX);
  }

  /** Rejects with a {@link Refusal}, or with the signal's reason. */
  async read(
    path: string,
    version: SecretVersion,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<SecretRecord> {
    const secret = this.#secrets.get(path.slice(PREFIX.length));
    if (secret === undefined) throw new Refusal(badPath("the store has no such name among its wrapped"));
    if (identity.kind !== "self" || version.kind !== "latest")
      throw new Refusal(
        unsupported(
          "wrapped",
          "was wrapped for the store: it can be read neither on behalf of a workload nor in a version",
          "Read it as the store itself, without a version",
        ),
      );
    return secret.content(this.call, signal);
  }
}

function unwrapped(
  { tokenFile, kvVersion }: WrappedOptions,
  baseDirectory: string,
): UnwrappedOnce<SecretRecord> {
  // What engine it is from the server does not say any more.
  const mount = { path: "", kind: kvVersion === 2 ? "kv2" : "engine" } as const;
  const find = async (): Promise<string> => readCredential(tokenFile, baseDirectory);
  return new UnwrappedOnce(find, (reply) => recordOf(mount, reply));
}
