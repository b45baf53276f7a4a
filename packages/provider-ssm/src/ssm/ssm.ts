import { defineProvider, type ProviderDescriptor } from "@sluice/core";
import { awsLocation } from "../options/aws-options.js";
import { SSM_OPTIONS_SCHEMA, type SsmOptions } from "./ssm-options.js";
import { createSsmProvider } from "./ssm-provider.js";

/**
 * Secrets from AWS SSM Parameter Store. A path is a parameter's name, or its full ARN for one of another region
 * or account. The slash a hierarchical name begins with may be left out: `app/db` is `/app/db`, whereas `db`,
 * which has no slash at all, is the parameter `db`. A path with a slash at its end is all below it: `app/` has the
 * fields `db` and `web/token`.
 *
 * @example
 * ```ts
 * import { createSecretResolver } from "@sluice/core";
 * import { ssm } from "@sluice/provider-ssm";
 *
 * await using secrets = createSecretResolver({ stores: { prod: ssm({ region: "eu-west-1" }) } });
 * const url = await secrets.get("secret://prod/shop/db/url");
 * ```
 */
export const ssm: ProviderDescriptor<SsmOptions> = defineProvider<SsmOptions>({
  id: "ssm",
  optionsSchema: SSM_OPTIONS_SCHEMA,
  capabilities: {
    batchSize: 10,
    fields: "extracted",
    versions: { exact: true, label: true },
    list: { carriesVersion: true },
    // No `ifVersion`: Parameter Store can overwrite or not, and cannot compare.
    put: { ifAbsent: true, ifVersion: false },
    delete: { ifVersion: false },
    delegation: true,
    check: true,
  },
  location: (options) => awsLocation("AWS Parameter Store", options),
  create: createSsmProvider,
});
