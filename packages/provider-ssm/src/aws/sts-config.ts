import type { NodeHttpHandler } from "@smithy/node-http-handler";
import type { AwsOptions } from "../options/aws-options.js";
import { defined } from "./defined.js";

/** How STS is called where roles are assumed. */
export interface StsConfig {
  readonly region?: string;
  readonly endpoint?: string;
  readonly maxAttempts: 1;
  readonly requestHandler: NodeHttpHandler;
}

/** STS of the store's own region, over the store's connections. */
export function stsConfig(
  { stsEndpoint }: AwsOptions,
  region: string | undefined,
  requestHandler: NodeHttpHandler,
): StsConfig {
  return { ...defined({ region, endpoint: stsEndpoint }), maxAttempts: 1, requestHandler };
}
