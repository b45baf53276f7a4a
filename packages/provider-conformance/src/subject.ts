import type { AnyProvider, ProviderDependencies, StoreDefinition } from "@sluice/core";
import type { SubjectHooks } from "./subject-hooks.js";

/** What every subject has. */
export interface SubjectBasis {
  /** The provider: `file`. */
  readonly provider: AnyProvider;
  /** The store it is tested on: `file({ path })`. */
  readonly store: StoreDefinition;
  /** Handed to the provider besides the defaults: store `conformance`, the system's temporary folder, no variables. */
  readonly dependencies?: Partial<ProviderDependencies>;
  /**
   * For a store whose secrets always have fields: the one that `write` puts its text in. A value that is put is
   * then the text of a JSON object with this field.
   */
  readonly field?: string;
  /** A path this store can have, other than those of other labels and other subjects; nothing is there yet. */
  path(label: string): string;
  /** Writes a secret without the provider. Settles once every reader, and a listing, sees it. */
  write(path: string, text: string): Promise<void>;
  /** Removes a secret without the provider. Settles once nobody sees it any more. */
  remove(path: string): Promise<void>;
}

/**
 * A store to test a provider on, and another way into it. Every requirement is given a subject of its own, and
 * disposes of it.
 */
export interface Subject extends SubjectBasis, Partial<SubjectHooks>, Partial<AsyncDisposable> {}

/** A subject that is known to have these hooks. */
export type SubjectWith<Hook extends keyof SubjectHooks> = Subject & Required<Pick<SubjectHooks, Hook>>;

/** Makes a subject; called anew for every requirement. */
export type CreateSubject = () => Subject | Promise<Subject>;
