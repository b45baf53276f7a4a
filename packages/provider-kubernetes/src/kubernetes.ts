import { defineProvider, type ProviderDescriptor } from "@sluice/core";
import { KUBERNETES_OPTIONS_SCHEMA, type KubernetesOptions } from "./kubernetes-options.js";
import { createKubernetesProvider } from "./kubernetes-provider.js";

/**
 * Secrets, or ConfigMaps, of a Kubernetes cluster. A secret's fields are the keys of its data. Putting takes the
 * text of a JSON object of strings, and replaces all of the data by it.
 *
 * Reading needs the right to `get` them, listing `list`, watching `list` and `watch`, putting `create` and
 * `patch`, deleting `delete`.
 *
 * @example
 * ```ts
 * import { createSecretResolver } from "@sluice/core";
 * import { kubernetes } from "@sluice/provider-kubernetes";
 *
 * await using secrets = createSecretResolver({ stores: { cluster: kubernetes({ namespace: "shop" }) } });
 * const password = await secrets.get("secret://cluster/db#password");
 * ```
 */
export const kubernetes: ProviderDescriptor<KubernetesOptions> = defineProvider<KubernetesOptions>({
  id: "kubernetes",
  optionsSchema: KUBERNETES_OPTIONS_SCHEMA,
  capabilities: {
    batchSize: 100,
    fields: "extracted",
    versions: { exact: false, label: false },
    list: { carriesVersion: true },
    watch: true,
    put: { ifAbsent: true, ifVersion: true },
    delete: { ifVersion: true },
    delegation: true,
    check: true,
  },
  location: ({ kind = "Secret", namespace, context }) =>
    [
      `${kind}s of ${namespace === undefined ? "all namespaces" : `namespace ${namespace}`}`,
      ...(context === undefined ? [] : [`context ${context}`]),
    ].join(", "),
  create: createKubernetesProvider,
});
