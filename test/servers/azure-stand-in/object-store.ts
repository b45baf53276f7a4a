import { randomBytes } from "node:crypto";

/** One version of an object, as the protocol has it. */
export interface StoredVersion {
  readonly version: string;
  readonly attributes: Record<string, unknown>;
  readonly fields: Record<string, unknown>;
}

interface StoredObject {
  readonly name: string;
  readonly versions: StoredVersion[];
}

/** Objects of one kind, with their versions, and those that are deleted and can be recovered. */
export class ObjectStore {
  readonly #objects = new Map<string, StoredObject>();
  readonly #deleted = new Map<string, StoredObject>();

  names(): string[] {
    return Array.from(this.#objects.values(), ({ name }) => name).sort();
  }

  find(name: string, version?: string): StoredVersion | undefined {
    const { versions = [] } = this.#objects.get(name.toLowerCase()) ?? {};
    return version === undefined ? versions.at(-1) : versions.find((each) => each.version === version);
  }

  add(name: string, fields: Record<string, unknown>, attributes: object, version?: string): StoredVersion {
    const now = Math.floor(Date.now() / 1000);
    const added = {
      version: version ?? randomBytes(16).toString("hex"),
      attributes: { enabled: true, created: now, updated: now, ...ABOUT_RECOVERY, ...attributes },
      fields,
    };
    const object = this.#objects.get(name.toLowerCase()) ?? { name, versions: [] };
    object.versions.push(added);
    this.#objects.set(name.toLowerCase(), object);
    return added;
  }

  remove(name: string): boolean {
    const object = this.#objects.get(name.toLowerCase());
    if (!object) return false;
    this.#objects.delete(name.toLowerCase());
    this.#deleted.set(name.toLowerCase(), object);
    return true;
  }

  deleted(name: string): StoredVersion | undefined {
    return this.#deleted.get(name.toLowerCase())?.versions.at(-1);
  }

  purge(name: string): boolean {
    return this.#deleted.delete(name.toLowerCase());
  }
}

const ABOUT_RECOVERY = { recoveryLevel: "Recoverable+Purgeable", recoverableDays: 90 };
