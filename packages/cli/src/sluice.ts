import { readFile } from "node:fs/promises";
import { createInjector, type Injector, type InjectorOptions } from "@sluice/injector";
import { BUILT_IN_DIALECTS } from "./built-in-dialects.js";
import { BUILT_IN_MODES } from "./built-in-modes.js";
import { BUILT_IN_PROVIDERS } from "./built-in-providers.js";
import { BUILT_IN_STRATEGIES } from "./built-in-strategies.js";

/** What the reference distribution is composed of: a beginning for an injector of one's own. */
export const REFERENCE: InjectorOptions = {
  name: "sluice",
  description: "Brings secrets from where they are kept to the process that needs them, and nowhere else.",
  version: packageVersion,
  providers: BUILT_IN_PROVIDERS,
  dialects: BUILT_IN_DIALECTS,
  strategies: BUILT_IN_STRATEGIES,
  modes: BUILT_IN_MODES,
};

/** The reference distribution. */
export const sluice: Injector = createInjector(REFERENCE);

/** The version of this package, as it was published. */
async function packageVersion(): Promise<string> {
  const manifest = await readFile(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
