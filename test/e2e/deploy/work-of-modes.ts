import type { OwnerReference, Pod } from "@sluice/kubernetes";
import { expect } from "vitest";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { ask, must, newNamespace } from "../webhook/support.js";
import { type ModesWorld, VALUE } from "./modes-world.js";

const REFERENCE = "secret://prod/secret/db#password";
const encode = (text: string): string => Buffer.from(text).toString("base64");

/** The webhook admits pods, and looks at all that they may name. Gives those whose launchers may ask. */
export async function admitPods({ cluster, pods }: ModesWorld): Promise<Pod[]> {
  const { namespace } = pods;
  const data = { URL: `db://u:\${${REFERENCE}}@h` };
  await must(
    post(cluster, `/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name: "urls" }, data }),
  );
  await pods.untilInjected({ DB: REFERENCE });
  const envFrom = [{ configMapRef: { name: "urls" } }];
  const owners = [undefined, await ownerOf("ReplicaSet"), await ownerOf("Job")];
  const admitted: Pod[] = [];
  for (const owner of owners) {
    const said = await pods.create({ DB: REFERENCE }, { container: { envFrom }, ...(owner && { owner }) });
    expect([said.status, said.body.message]).toEqual([201, undefined]);
    admitted.push(await pods.podOf(said));
  }
  // What it starts would be in its image, which nobody has.
  const image = { command: undefined, image: "127.0.0.1:1/none:1" };
  const { body } = await pods.create({ DB: REFERENCE }, { container: image });
  expect(body.message).toContain("127.0.0.1:1/none:1");
  const akv = await newNamespace(cluster, { "azure-key-vault-env-injection": "enabled" });
  let message: string | undefined;
  await waitUntil("akv2k8s' label counts", async () => {
    ({ message } = (await pods.create({ DB: "db@azurekeyvault" }, { in: akv })).body);
    return message?.includes("sluice:") === true;
  });
  expect(message).toContain('names AzureKeyVaultSecret "db"');
  return admitted;

  async function ownerOf(kind: "ReplicaSet" | "Job"): Promise<OwnerReference> {
    const labels = { app: kind.toLowerCase() };
    const containers = [{ name: "web", image: "web" }];
    const template = { metadata: { labels }, spec: { containers, restartPolicy: "Never" as string } };
    if (kind === "ReplicaSet") template.spec.restartPolicy = "Always";
    const spec = { template, ...(kind === "ReplicaSet" && { selector: { matchLabels: labels } }) };
    const [apiVersion, plural] = kind === "ReplicaSet" ? ["apps/v1", "replicasets"] : ["batch/v1", "jobs"];
    const name = kind.toLowerCase();
    const path = `/apis/${apiVersion}/namespaces/${namespace}/${plural}`;
    const { metadata } = await must(post(cluster, path, { metadata: { name }, spec }));
    const { uid } = metadata as { readonly uid: string };
    return { apiVersion, kind, name, uid };
  }
}

/** The broker answers the launchers of pods, and tells what it gave and how its stores are. */
export async function startContainers(
  world: ModesWorld,
  admitted: readonly Pod[],
  port: number,
): Promise<void> {
  for (const pod of admitted)
    expect(await world.pods.run(pod, port)).toEqual({
      code: 0,
      stdout: `${VALUE}\ndb://u:${VALUE}@h\n`,
      stderr: "",
    });
  const api = "/apis/sluice.dev/v1alpha1";
  const stores = `${api}/namespaces/${world.pods.namespace}/secretstores`;
  const own = {
    provider: "vault",
    options: { address: "http://127.0.0.1:1" },
    tokenAudience: "own",
    access: [],
  };
  await must(post(world.cluster, stores, sluice("SecretStore", "own", own)));
  for (const [path, status] of [
    [`${api}/clustersecretstores/prod`, "True"],
    [`${stores}/own`, "False"],
  ] as const)
    await waitUntil(`${path} is told of`, async () => conditionOf(await world.get(path)) === status);
  const selector = "labelSelector=sluice.dev%2Fdelivered-versions";
  await waitUntil("versions are recorded", async () => {
    const listed = await world.get(`/api/v1/namespaces/${world.pods.namespace}/configmaps?${selector}`);
    return (listed as { readonly items: readonly object[] }).items.length === admitted.length;
  });
}

/** The controller writes, mends and removes what syncs ask for, and looks after workloads. */
export async function sync(world: ModesWorld): Promise<void> {
  const { cluster } = world;
  const namespace = await newNamespace(cluster);
  const syncs = `/apis/sluice.dev/v1alpha1/namespaces/${namespace}/secretsyncs`;
  const core = `/api/v1/namespaces/${namespace}`;
  for (const kind of ["Secret", "ConfigMap"]) {
    const name = kind.toLowerCase();
    const data = [{ key: "password", from: REFERENCE }];
    await must(post(cluster, syncs, sluice("SecretSync", name, { data, target: { kind } })));
    const output = `${core}/${name}s/${name}`;
    const expected = kind === "Secret" ? encode(VALUE) : VALUE;
    const isThere = async (): Promise<boolean> =>
      ((await world.get(output))?.["data"] as { password?: string } | undefined)?.password === expected;
    await waitUntil(`${kind} is written`, isThere);
    await waitUntil(
      `${name} is synced`,
      async () => conditionOf(await world.get(`${syncs}/${name}`)) === "True",
    );
    const edited = { data: { password: kind === "Secret" ? encode("edited") : "edited" } };
    await must(ask(cluster, "PATCH", output, edited, "application/merge-patch+json"));
    await waitUntil(`${kind} is mended`, isThere);
  }
  for (const [kind, plural] of [
    ["Deployment", "deployments"],
    ["StatefulSet", "statefulsets"],
    ["DaemonSet", "daemonsets"],
  ] as const) {
    const path = `/apis/apps/v1/namespaces/${namespace}/${plural}`;
    await must(post(cluster, path, workload(kind)));
    await waitUntil(`${kind} was looked at`, async () =>
      JSON.stringify(await world.get(`${path}/web`)).includes("sluice.dev/seen-versions"),
    );
  }
  for (const name of ["secret", "configmap"]) {
    await must(ask(cluster, "DELETE", `${syncs}/${name}`));
    await waitUntil(
      `${name} is gone`,
      async () => (await world.get(`${core}/${name}s/${name}`)) === undefined,
    );
  }
  const vault = { name: "nowhere", object: { name: "db", type: "secret" } };
  const spec = { vault, output: { secret: { name: "akv", dataKey: "db" } } };
  const group = "/apis/spv.no/v2beta1";
  const at = `${group}/namespaces/${namespace}/azurekeyvaultsecrets`;
  const azure = {
    apiVersion: "spv.no/v2beta1",
    kind: "AzureKeyVaultSecret",
    metadata: { name: "akv" },
    spec,
  };
  await must(post(cluster, at, azure));
  const events = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
  await waitUntil("akv2k8s' kind was looked at", async () =>
    JSON.stringify(await world.get(events)).includes("UnknownStore"),
  );
}

/** The generator creates what resources and pods ask for, and says so. */
export async function generate(world: ModesWorld): Promise<void> {
  const { cluster, vault } = world;
  const namespace = await newNamespace(cluster);
  const path = `secret/made/${namespace}`;
  const kinds = `/apis/sluice.dev/v1alpha1/namespaces/${namespace}/generatedsecrets`;
  const spec = { store: "main", path, type: "UUID", keys: { value: "value" } };
  await must(post(cluster, kinds, sluice("GeneratedSecret", "id", spec)));
  await waitUntil("it is generated", async () => conditionOf(await world.get(`${kinds}/id`)) === "True");
  const { data } = (await vault.api("GET", `secret/data/made/${namespace}`)) as unknown as {
    readonly data: { readonly data: object };
  };
  expect(data.data).toEqual({ value: expect.stringMatching(/^[0-9a-f-]{36}$/) as string });
  const annotations = {
    "init.bsycorp.com/storage-prefix": `${path}-leases`,
    "lease.bsycorp.com/number": "kind=INDEX,rangeStart=3,rangeEnd=4",
  };
  const containers = [{ name: "web", image: "web" }];
  const pod = { metadata: { name: "numbered", annotations }, spec: { containers } };
  await must(post(cluster, `/api/v1/namespaces/${namespace}/pods`, pod));
  const lease = `secret/data/made/${namespace}-leases/leases/number.3`;
  const number = async (): Promise<string> => vault.api("GET", lease).then(JSON.stringify, () => "");
  await waitUntil("the pod has its number", async () => (await number()).includes("numbered"));
  await must(ask(cluster, "DELETE", `/api/v1/namespaces/${namespace}/pods/numbered`));
  await waitUntil("its number is free", async () => !(await number()).includes("numbered"));
}

/** References in objects are filled. */
export async function fill({ cluster, filled }: ModesWorld): Promise<void> {
  const path = `/api/v1/namespaces/${filled}/secrets`;
  const secret = { metadata: { generateName: "filled-" }, stringData: { password: REFERENCE } };
  await waitUntil("a Secret is filled", async () => {
    const { status, body } = await post(cluster, path, secret);
    return status === 201 && JSON.stringify(body["data"]) === JSON.stringify({ password: encode(VALUE) });
  });
}

async function post(cluster: ModesWorld["cluster"], path: string, body: object): ReturnType<typeof ask> {
  return ask(cluster, "POST", path, body);
}

function sluice(kind: string, name: string, spec: object): object {
  return { apiVersion: "sluice.dev/v1alpha1", kind, metadata: { name }, spec };
}

function workload(kind: "Deployment" | "StatefulSet" | "DaemonSet"): object {
  const labels = { app: kind.toLowerCase() };
  const envFrom = [{ secretRef: { name: "secret" } }];
  const template = { metadata: { labels }, spec: { containers: [{ name: "web", image: "web", envFrom }] } };
  const annotations = { "sluice.dev/restart-on-change": "true" };
  const more = kind === "StatefulSet" ? { serviceName: "web" } : {};
  return {
    metadata: { name: "web", annotations },
    spec: { selector: { matchLabels: labels }, template, ...more },
  };
}

/** Of its first condition, whether it holds. */
function conditionOf(object: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const status = object?.["status"] as
    | { readonly conditions?: readonly { readonly status: string }[] }
    | undefined;
  return status?.conditions?.[0]?.status;
}
