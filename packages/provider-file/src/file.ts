import { defineProvider, type ProviderDescriptor } from "@sluice/core";
import { FILE_OPTIONS_SCHEMA, type FileOptions } from "./file-options.js";
import { createFileProvider } from "./file-provider.js";

/**
 * Secrets from a dotenv, JSON or YAML file, or from a directory with a file for each, such as a mounted
 * Kubernetes Secret.
 *
 * @example
 * ```ts
 * import { createSecretResolver } from "@sluice/core";
 * import { file } from "@sluice/provider-file";
 *
 * await using secrets = createSecretResolver({ stores: { dev: file({ path: "./secrets.env" }) } });
 * const password = await secrets.get("secret://dev/DB_PASSWORD");
 * ```
 */
export const file: ProviderDescriptor<FileOptions> = defineProvider<FileOptions>({
  id: "file",
  optionsSchema: FILE_OPTIONS_SCHEMA,
  capabilities: {
    batchSize: 1000,
    fields: "extracted",
    versions: { exact: false, label: false },
    list: { carriesVersion: true },
    watch: true,
    put: { ifAbsent: true, ifVersion: true },
    delete: { ifVersion: true },
    check: true,
  },
  location: ({ path }) => path,
  create: createFileProvider,
});
