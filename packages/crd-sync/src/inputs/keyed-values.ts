import { formatReference, type SecretReference, type SecretValue } from "@sluice/core";
import { SyncFailure } from "../source/sync-failure.js";

const KEY = /^[-._a-zA-Z0-9]{1,253}$/;

/** Values by key, each of which comes from one place, or from the last that gives it. */
export class KeyedValues {
  readonly #values = new Map<string, SecretValue>();
  readonly #origins = new Map<string, string>();

  constructor(private readonly laterWins = false) {}

  get all(): ReadonlyMap<string, SecretValue> {
    return this.#values;
  }

  /** @throws {SyncFailure} `InvalidKey` for one that no object can have, `KeyConflict` for one that is there. */
  put(key: string, value: SecretValue, from: SecretReference): void {
    const origin = formatReference(from);
    if (!KEY.test(key) || key === "." || key === "..")
      throw new SyncFailure(
        "InvalidKey",
        `${origin} gives the key ${JSON.stringify(key)}, which no object can have`,
      );
    const other = this.#origins.get(key);
    if (other !== undefined && !this.laterWins)
      throw new SyncFailure(
        "KeyConflict",
        `${other} and ${origin} both give the key ${key}: give one of them a prefix`,
      );
    this.#origins.set(key, origin);
    this.#values.set(key, value);
  }
}

/** The key that a name gets, which may have characters that no key has. */
export function searchedKey(prefix: string, name: string): string {
  return prefix + name.replaceAll(/[^-._a-zA-Z0-9]/g, "_");
}
