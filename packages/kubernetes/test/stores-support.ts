import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { text as readText } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { parse } from "yaml";
import type { RunningKubernetes } from "../../../test/servers/kubernetes.js";
import { waitUntil } from "../../../test/servers/shared/wait-until.js";
import { applyObject, getObject, type KubernetesClient, type ObjectToWrite } from "../src/index.js";
import { crdManifests, STORE_API_VERSION, type StoreCatalogue, type StoreKind } from "../src/stores/index.js";
import { calm } from "./support.js";

const CRDS = { group: "apiextensions.k8s.io", version: "v1", plural: "customresourcedefinitions" };

/** Installs the kinds of stores, as their manifests have them, and waits until they are served. */
export async function installCrds(client: KubernetesClient): Promise<void> {
  const manifests = crdManifests().map(
    ({ text }) => parse(text) as ObjectToWrite & { metadata: { name: string } },
  );
  for (const manifest of manifests)
    await applyObject(client, CRDS, manifest, { fieldManager: "test" }, calm());
  for (const { metadata } of manifests)
    await waitUntil(`${metadata.name} is established`, async () => {
      const crd = await getObject(client, CRDS, metadata.name, calm());
      return conditionOf(crd, "Established") === "True" && conditionOf(crd, "NamesAccepted") === "True";
    });
}

function conditionOf(object: object, type: string): string | undefined {
  const { status } = object as { status?: { conditions?: { type: string; status: string }[] } };
  return status?.conditions?.find((condition) => condition.type === type)?.status;
}

/** A manifest of a store. */
export function storeManifest(
  kind: StoreKind,
  name: string,
  spec: object,
): ObjectToWrite & { metadata: { name: string } } {
  return { apiVersion: STORE_API_VERSION, kind, metadata: { name }, spec };
}

/** What the server says to a new object, in its own words, which our client drops. */
export async function post(
  { address, caCert, adminToken }: RunningKubernetes,
  path: string,
  object: object,
): Promise<{ status: number | undefined; text: string }> {
  const headers = { authorization: `Bearer ${adminToken}`, "content-type": "application/json" };
  const asked = request(`${address}${path}`, { method: "POST", ca: caCert, headers, agent: false });
  asked.end(JSON.stringify(object));
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  const { message = "" } = JSON.parse(await readText(response)) as { message?: string };
  return { status: response.statusCode, text: message };
}

/** A catalogue, gone after the test. */
export function openCatalogue(catalogue: StoreCatalogue): StoreCatalogue {
  onTestFinished(() => catalogue[Symbol.dispose]());
  return catalogue;
}
