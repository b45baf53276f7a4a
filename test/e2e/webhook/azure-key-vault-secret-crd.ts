/** As much of akv2k8s' custom resource as its objects need, served in the versions that clusters still have. */
export function azureKeyVaultSecretCrd(...versions: readonly string[]) {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "azurekeyvaultsecrets.spv.no" },
    spec: {
      group: "spv.no",
      scope: "Namespaced",
      names: {
        kind: "AzureKeyVaultSecret",
        listKind: "AzureKeyVaultSecretList",
        plural: "azurekeyvaultsecrets",
        singular: "azurekeyvaultsecret",
        shortNames: ["akvs"],
      },
      versions: versions.map((name, index) => ({
        name,
        served: true,
        storage: index === 0,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: { spec: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
          },
        },
      })),
    },
  };
}
