import { readFileSync } from "node:fs";
import { chmod, copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Pod } from "@sluice/core/pod";
import { KubernetesClient } from "@sluice/kubernetes";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { openCluster } from "../../../packages/provider-vault/test/cluster.js";
import { type RealVault, realVault } from "../../../packages/provider-vault/test/real-vault.js";
import { scriptedBroker, type ScriptedBroker } from "../sidecar/scripted-broker.js";
import { type ContainerImages, containerImages } from "../../servers/containers/container-images.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { launcherProgram } from "../../servers/launcher.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { type SluiceRoot, unpackSluice } from "../sidecar/sluice-root.js";
import { ask, must, newNamespace, register, startWebhook, type StartedWebhook } from "../webhook/support.js";
import { type NodeImage, runPod } from "./mini-kubelet.js";

const LAUNCHER = "example.test/sluice-launcher:1";
const SLUICE = "example.test/sluice:1";
const FOLDER = fileURLToPath(new URL("../../fixtures/peers/agents", import.meta.url));
const LABELS = { webhook: "sluice" };

interface AgentPeer {
  readonly name: string;
  readonly manifest: string;
  /** What the server holds, by path below `secret/`. */
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Role of the engine `database` that issues. */
  readonly issues?: string;
  /** Whether the namespace has the identifiers of an AppRole, in the Secret `approle`. */
  readonly appRole?: true;
  /** By container: a pattern of all it prints. */
  readonly expect: Readonly<Record<string, string>>;
}

const PEERS = parse(readFileSync(join(FOLDER, "index.yaml"), "utf8")) as readonly AgentPeer[];

/** The pod that a workload's controller would make of its template. */
function podOf({ manifest }: AgentPeer): Pod {
  const [document] = parseAllDocuments(readFileSync(join(FOLDER, manifest), "utf8"));
  const object = document?.toJS() as { readonly kind: string; readonly spec: { readonly template?: Pod } };
  return object.kind === "Pod" ? (object as unknown as Pod) : (object.spec.template as Pod);
}

await describeOnKubernetes("manifests of injectors that put agents into pods", (cluster) => {
  const client = new KubernetesClient({ kubeconfig: cluster.kubeconfig, environment: {} });
  let work: string;
  let vault: RealVault;
  let database: ScriptedBroker;
  let webhook: StartedWebhook;
  let runtime: ContainerImages;
  let sluice: SluiceRoot;
  let images: Record<string, NodeImage>;

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), "sluice-agents-"));
    vault = await realVault();
    if (!vault.available) throw new Error("These tests need OpenBao");
    database = await scriptedBroker();
    await setUpVault();
    [runtime, sluice] = await Promise.all([containerImages(), unpackSluice()]);
    images = await nodeImages();
    await startAdmission();
  }, 300_000);
  afterAll(async () => {
    await webhook?.stop();
    await sluice?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
    await vault?.stop();
    await rm(work, { recursive: true, force: true });
    client[Symbol.dispose]();
  });

  /** The server knows the cluster's service accounts, as it would beside either injector. */
  async function setUpVault(): Promise<void> {
    const { api } = vault;
    const reviewer = await (await openCluster(cluster)).reviewer();
    await api("POST", "sys/auth/kubernetes", { type: "kubernetes" });
    await api("POST", "auth/kubernetes/config", {
      kubernetes_host: cluster.address,
      kubernetes_ca_cert: cluster.caCert,
      token_reviewer_jwt: reviewer,
      disable_local_ca_jwt: true,
    });
    const policy =
      'path "secret/*" { capabilities = ["read"] }\npath "database/creds/*" { capabilities = ["read"] }';
    await api("PUT", "sys/policies/acl/app", { policy });
    for (const role of ["test", "app", "db-app"])
      await api("POST", `auth/kubernetes/role/${role}`, {
        bound_service_account_names: ["default"],
        bound_service_account_namespaces: ["*"],
        audience: "vault",
        token_policies: ["app"],
      });
    await api("POST", "sys/auth/approle", { type: "approle" });
    await api("POST", "auth/approle/role/app", { token_policies: ["app"] });
    await api("POST", "sys/mounts/database", { type: "rabbitmq" });
    await api("POST", "database/config/connection", {
      connection_uri: database.address,
      username: "u",
      password: "p",
      verify_connection: false,
    });
  }

  async function nodeImages(): Promise<Record<string, NodeImage>> {
    const root = join(work, "launcher-image");
    for (const folder of ["proc", "dev", "sluice"]) await mkdir(join(root, folder), { recursive: true });
    const program = await launcherProgram();
    if (program === undefined) throw new Error("The launcher needs Go to be built");
    await copyFile(program, join(root, "sluice-launch"));
    await chmod(join(root, "sluice-launch"), 0o555);
    await chmod(work, 0o755);
    return {
      [LAUNCHER]: { root, entrypoint: ["/sluice-launch"] },
      [SLUICE]: { root: sluice.root, entrypoint: sluice.entrypoint },
      "busybox:1.28": { root: runtime.roots.debian },
      "everpeace/curl-jq": { root: runtime.roots.musl },
    };
  }

  async function startAdmission(): Promise<void> {
    webhook = await startWebhook(client, {
      settings: {
        source: { address: "https://10.0.0.7:8443", serverName: "sluice-broker.test", roots: "ROOTS" },
        launcher: { image: LAUNCHER, delivery: "copy" },
        agent: {
          image: SLUICE,
          stores: {
            vault: {
              provider: "vault",
              address: vault.address,
              auth: { kubernetes: { role: "{role}", tokenPath: "/var/run/secrets/sluice-agent/token" } },
            },
            "vault-approle": {
              provider: "vault",
              address: vault.address,
              auth: {
                approle: {
                  roleIdFile: "/opt/talend/secrets/approle_roleid",
                  secretIdFile: "/opt/talend/secrets/approle_secretid",
                },
              },
            },
          },
        },
      },
    });
    const at = `https://${webhook.address}`;
    await register(cluster, "Mutating", "mutate", `${at}/mutate`, webhook.caBundle);
    await register(cluster, "Validating", "validate", `${at}/validate`, webhook.caBundle);
    const namespace = await newNamespace(cluster, LABELS);
    const [first] = PEERS;
    if (first === undefined) throw new Error("There are no manifests");
    const pod = { ...podOf(first), metadata: { ...podOf(first).metadata, generateName: "first-" } };
    await waitUntil("the API server asks the webhook", async () =>
      JSON.stringify((await ask(cluster, "POST", `/api/v1/namespaces/${namespace}/pods`, pod)).body).includes(
        "SLUICE_FILES",
      ),
    );
  }

  /** What an operator of the peer puts into a namespace. */
  async function bringAppRole(namespace: string): Promise<void> {
    const of = async (method: string, path: string): Promise<Record<string, string>> => {
      const answer = await vault.api(
        method,
        `auth/approle/role/app/${path}`,
        method === "POST" ? {} : undefined,
      );
      return (answer as { readonly data: Record<string, string> }).data;
    };
    const stringData = {
      "role-id": (await of("GET", "role-id"))["role_id"],
      "secret-id": (await of("POST", "secret-id"))["secret_id"],
    };
    const secret = { metadata: { name: "approle" }, stringData };
    await must(ask(cluster, "POST", `/api/v1/namespaces/${namespace}/secrets`, secret));
  }

  describe.each(PEERS)("$name", (peer) => {
    it("is admitted unmodified, and its containers read what they ask for", async () => {
      for (const [path, data] of Object.entries(peer.secrets ?? {}))
        await vault.api("POST", `secret/data/${path}`, { data });
      if (peer.issues !== undefined)
        await vault.api("POST", `database/roles/${peer.issues}`, { tags: "management" });
      const before = database.users();
      const namespace = await newNamespace(cluster, LABELS);
      if (peer.appRole === true) await bringAppRole(namespace);
      const pod = podOf(peer);
      const named = { ...pod, metadata: { generateName: "peer-", ...pod.metadata } };
      const admitted = (await must(
        ask(cluster, "POST", `/api/v1/namespaces/${namespace}/pods`, named),
      )) as unknown as Pod;
      const ends = await runPod({ client, runtime, images }, admitted);
      for (const [container, pattern] of Object.entries(peer.expect)) {
        const end = ends.get(container);
        expect({ code: end?.code, stderr: end?.stderr, others: codesOf(ends) }).toMatchObject({
          code: 0,
          stderr: "",
          others: expect.not.arrayContaining([expect.stringMatching(/ [1-9]/)]) as unknown,
        });
        expect(end?.stdout).toMatch(new RegExp(pattern));
      }
      if (peer.issues === undefined) return;
      // Issued once, and given back at the end.
      const after = database.users();
      expect({ made: after.made - before.made, removed: after.removed - before.removed }).toEqual({
        made: 1,
        removed: 1,
      });
    }, 180_000);
  });
});

function codesOf(
  ends: ReadonlyMap<string, { readonly code: number; readonly stderr: string; readonly stdout: string }>,
): string[] {
  return Array.from(ends, ([name, { code, stderr, stdout }]) =>
    code === 0 ? `${name} 0` : `${name} ${code}: ${stderr}${stdout}`,
  );
}
