import { createSecretResolver, type SecretResolver, type StoreDefinition } from "@sluice/core";
import { ssm } from "@sluice/provider-ssm";
import type { CliSubject } from "../cli/providers/cli-subject.js";

/** A resolver of a test's own over the Parameter Store of a subject, named `main`. */
export function openParameterStore({ store }: CliSubject): SecretResolver {
  const { endpoint, region } = store.options as unknown as { endpoint: string; region: string };
  const stores: Record<string, StoreDefinition> = { main: ssm({ endpoint, region }) };
  return createSecretResolver({ stores, cache: false, environment: store.env });
}
