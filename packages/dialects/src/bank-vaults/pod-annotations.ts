import type { Pod } from "@sluice/core/pod";
import type { BankVaultsOptions, NamedServer, VaultNotation } from "./bank-vaults-options.js";

const PREFIX = "secrets-webhook.security.bank-vaults.io/";
const OLD_PREFIX = "vault.security.banzaicloud.io/";

/** What names are called under the older prefix, where they are called otherwise. */
const OLD_NAMES: Readonly<Record<string, readonly string[]>> = {
  "vault-transit-key-id": ["transit-key-id"],
  "vault-transit-path": ["transit-path"],
  "vault-from-path": ["vault-env-from-path"],
};

/** Whether a pod has any annotation of this notation. */
export function isAnnotated({ metadata }: Pod): boolean {
  return Object.keys(metadata?.annotations ?? {}).some(
    (name) => name.startsWith(PREFIX) || name.startsWith(OLD_PREFIX),
  );
}

/** An annotation by its name under the newer prefix, else under the older one. */
export function annotationOf({ metadata }: Pod, name: string): string | undefined {
  const annotations = metadata?.annotations ?? {};
  const names = [PREFIX + name, ...[name, ...(OLD_NAMES[name] ?? [])].map((old) => OLD_PREFIX + old)];
  return names.map((written) => annotations[written]).find((value) => value !== undefined);
}

/** An annotation of `vault-NAME` or `bao-NAME`. */
export function serverAnnotation(pod: Pod, notation: VaultNotation, name: string): string | undefined {
  return annotationOf(pod, `${notation}-${name}`);
}

/** The server a pod names. An empty annotation names nothing. */
export function namedServer(pod: Pod, notation: VaultNotation): NamedServer {
  const said = (name: string): string | undefined => serverAnnotation(pod, notation, name) || undefined;
  const [address, namespace, role] = [said("addr"), said("namespace"), said("role")];
  const [authPath, authMethod] = [said("path"), said("auth-method")];
  return {
    notation,
    ...(address !== undefined && { address }),
    ...(namespace !== undefined && { namespace }),
    ...(role !== undefined && { role }),
    ...(authPath !== undefined && { authPath }),
    ...(authMethod !== undefined && { authMethod }),
  };
}

/** Whether secrets that do not exist are left out. */
export function isMissingIgnored(
  pod: Pod,
  notation: VaultNotation,
  { ignoreMissing = false }: BankVaultsOptions,
): boolean {
  const said = serverAnnotation(pod, notation, "ignore-missing-secrets");
  // What strconv.ParseBool of Go takes for true.
  return said === undefined ? ignoreMissing : /^(?:1|t|T|true|TRUE|True)$/.test(said);
}
