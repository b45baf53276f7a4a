import { closestName, SluiceError } from "@sluice/core";
import type { FindStore, PolicyStore } from "@sluice/policy";
import type { ModeContext } from "@sluice/mode";
import { readConfig } from "@sluice/mode/stores";
import { isObject, type ManifestObject } from "@sluice/mode/manifests";

/** Stores that dialects name by themselves; see docs/dialects.md. */
const DEFAULTS: readonly PolicyStore[] = [
  { name: "aws-ssm", provider: "ssm" },
  { name: "aws-secrets", provider: "secrets-manager" },
];

/**
 * What stores are: flags first, then the stores among the manifests as in a cluster, where one of the namespace wins,
 * then a configuration.
 */
export async function knownStores(
  context: ModeContext,
  { store: flags, config }: { readonly store: readonly string[]; readonly config?: string },
  objects: readonly ManifestObject[],
): Promise<FindStore> {
  const flagged = flags.map((flag) => storeOfFlag(flag, context));
  const declared = objects.flatMap(storeOfManifest);
  const file = config ?? context.environment["SLUICE_CONFIG"];
  const configured: readonly PolicyStore[] =
    file === undefined
      ? []
      : Object.entries((await readConfig(context, file)).stores).map(([name, { provider }]) => ({
          name,
          provider,
        }));
  return (name, namespace) =>
    flagged.find((store) => store.name === name) ??
    declared.find((store) => store.name === name && store.namespace === namespace) ??
    [...declared, ...configured, ...DEFAULTS].find(
      (store) => store.name === name && store.namespace === undefined,
    );
}

function storeOfFlag(flag: string, { providers }: ModeContext): PolicyStore {
  const [, name, provider] = /^([^=]+)=(.+)$/.exec(flag) ?? [];
  const ids = providers.map(({ id }) => id);
  if (name !== undefined && provider !== undefined && ids.includes(provider)) return { name, provider };
  const near = closestName(provider ?? "", ids);
  throw new SluiceError({
    code: "SLU1201",
    kind: "usage",
    problem: `--store ${flag} does not say what a store is`,
    remedy: `Write NAME=PROVIDER, with ${near === undefined ? `one of ${ids.join(", ")}` : `${near}, perhaps`}`,
  });
}

function storeOfManifest({ kind, object }: ManifestObject): PolicyStore[] {
  if (kind !== "SecretStore" && kind !== "ClusterSecretStore") return [];
  const { apiVersion, metadata, spec } = object;
  if (typeof apiVersion !== "string" || !apiVersion.startsWith("sluice.dev/")) return [];
  if (!isObject(metadata) || !isObject(spec)) return [];
  const { name, namespace = "default" } = metadata;
  const { provider, options } = spec;
  if (typeof name !== "string" || typeof namespace !== "string" || typeof provider !== "string") return [];
  return [
    {
      name,
      provider,
      ...(isObject(options) && { options }),
      ...(kind === "SecretStore" && { namespace }),
    },
  ];
}
