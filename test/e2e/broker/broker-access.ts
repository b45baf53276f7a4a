import { readFile } from "node:fs/promises";
import { applyObject, type KubernetesClient, type ObjectToWrite, requestToken } from "@sluice/kubernetes";
import { crdManifests } from "@sluice/kubernetes/stores";
import { parse, parseAllDocuments } from "yaml";
import { waitUntil } from "../../servers/shared/wait-until.js";

type Manifest = ObjectToWrite & { readonly metadata: { readonly name: string; readonly namespace?: string } };

export const calm = (): { readonly signal: AbortSignal } => ({ signal: new AbortController().signal });

/** Where the documented rights of a broker are. */
const RIGHTS = new URL("../../../docs/broker-rbac.yaml", import.meta.url);

/** Creates a namespace. */
export async function createNamespace(client: KubernetesClient, name: string): Promise<void> {
  await client.call({ method: "POST", path: "/api/v1/namespaces", body: { metadata: { name } } }, calm());
}

/** Gives a broker exactly the rights that its documentation lists, and a token to have them. */
export async function installBrokerAccount(client: KubernetesClient): Promise<string> {
  await createNamespace(client, "sluice-system");
  for (const document of parseAllDocuments(await readFile(RIGHTS, "utf8")))
    await apply(client, document.toJS() as Manifest);
  const asked = {
    namespace: "sluice-system",
    serviceAccount: "sluice-broker",
    audience: "https://kubernetes.default.svc",
    expirationSeconds: 3600,
  };
  return (await requestToken(client, asked, calm())).token.text();
}

/** Installs SecretStore and ClusterSecretStore, and waits until they are served. */
export async function installCrds(client: KubernetesClient): Promise<void> {
  for (const { text } of crdManifests()) await apply(client, parse(text) as Manifest);
  await waitUntil("stores are served", async () =>
    client.call({ path: "/apis/sluice.dev/v1alpha1/clustersecretstores" }, calm()).then(
      () =>
        client.call({ path: "/apis/sluice.dev/v1alpha1/secretstores" }, calm()).then(
          () => true,
          () => false,
        ),
      () => false,
    ),
  );
}

/** Creates any object, or makes it so. */
export async function apply(client: KubernetesClient, manifest: Manifest): Promise<void> {
  const { namespace } = manifest.metadata;
  const [group, version = "v1"] = manifest.apiVersion.includes("/")
    ? manifest.apiVersion.split("/")
    : [undefined, manifest.apiVersion];
  const plural = `${manifest.kind.toLowerCase()}s`;
  const resource = {
    version,
    plural,
    ...(group !== undefined && { group }),
    ...(namespace !== undefined && { namespace }),
  };
  await applyObject(client, resource, manifest, { fieldManager: "test" }, calm());
}
