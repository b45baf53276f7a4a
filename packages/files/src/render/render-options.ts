import type { RequestOptions, SecretValue } from "@sluice/core";
import type { InjectionPlan } from "@sluice/core/plan";
import type { TemplateSource } from "@sluice/templates/go";
import type { SecretReader } from "./secret-reads.js";

/** What a rendering may be given besides its plan and its reader. */
export interface RenderOptions {
  readonly request?: RequestOptions;
  /**
   * Where the secrets of templates come from, by the store of the plan and the file's path, for who can do more than read
   * references: list, write, issue. By default, and for `undefined`, they are references to the store.
   */
  readonly templateSource?: (store: string, path: string) => TemplateSource | undefined;
  /** What `env` of templates knows; nothing by default. */
  readonly templateEnv?: Readonly<Record<string, string>>;
  /**
   * Makes the answer that a launcher reads: of `@sluice/protocol`, which this package does not know. Without it a plan with
   * a file of the format `environment` cannot be rendered. Rejects with a `SluiceError` when the answer cannot be given.
   */
  readonly answerEnvironment?: (plan: InjectionPlan, reader: SecretReader) => Promise<SecretValue>;
}
