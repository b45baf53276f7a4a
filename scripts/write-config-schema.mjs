// Writes the JSON Schema of sluice.yaml, composed from the built-in providers, into the package that ships it.
import { writeFileSync } from "node:fs";
import { BUILT_IN_PROVIDERS } from "../packages/cli/dist/index.js";
import { composeConfigSchema } from "../packages/config/dist/index.js";
import { loadProvider } from "../packages/core/dist/index.js";

const schema = composeConfigSchema(await Promise.all(BUILT_IN_PROVIDERS.map(loadProvider)));
writeFileSync(
  new URL("../packages/cli/sluice.schema.json", import.meta.url),
  `${JSON.stringify(schema, undefined, 2)}\n`,
);
