import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BUILT_IN_PROVIDERS } from "@sluice/cli";
import { createEventBus } from "@sluice/core";
import { createSyncController, type SyncControllerOptions, writeSyncLog } from "@sluice/crd-sync";
import {
  deleteObject,
  field,
  getObject,
  KubernetesClient,
  KubernetesError,
  type KubernetesObject,
  listObjects,
  type ObjectToWrite,
  patchObject,
  requestToken,
} from "@sluice/kubernetes";
import { STORE_API_VERSION, watchStores } from "@sluice/kubernetes/stores";
import {
  SECRET_SYNC_API_VERSION,
  type SecretSyncManifest,
  type SecretSyncStatus,
  secretSyncResource,
} from "@sluice/kubernetes/syncs";
import { createLog } from "@sluice/service";
import { parseAllDocuments } from "yaml";
import { kubeconfigText } from "../../servers/kubernetes-kubeconfig.js";
import type { RunningKubernetes } from "../../servers/kubernetes.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { apply, calm, createNamespace, installCrds } from "../broker/broker-access.js";

const RIGHTS = new URL("../../../deploy/kustomize/components/sync/rbac.yaml", import.meta.url);
const NAMESPACE = "sluice-system";

/** An event about an object. */
export interface WorldEvent {
  readonly type: string;
  readonly reason: string;
  readonly note: string;
  readonly regarding: { readonly kind: string; readonly name: string; readonly uid?: string };
}

/** A controller at work. */
export interface StartedSync {
  readonly controller: ReturnType<typeof createSyncController>;
  /** Ends it in order. */
  stop(): Promise<void>;
}

export type StartSettings = Partial<
  Pick<
    SyncControllerOptions,
    | "environment"
    | "tokenAudiencesInNamespaces"
    | "tenants"
    | "namespaces"
    | "shard"
    | "idleMs"
    | "timeoutMs"
    | "sources"
    | "restarts"
  >
> & { readonly kubeconfig?: string };

/** A cluster with a controller's account in it, with exactly the deployed rights. */
export class SyncWorld {
  /** What no line, event, status or message may ever hold. */
  readonly toxic: Set<string> = new Set();
  /** Everything that controllers told. */
  readonly told: string[] = [];
  readonly admin: KubernetesClient;
  #count = 0;
  #token = "";

  private constructor(
    readonly folder: string,
    readonly config: string,
    private readonly cluster: RunningKubernetes,
  ) {
    this.admin = new KubernetesClient({ kubeconfig: cluster.kubeconfig, environment: {} });
  }

  static async open(cluster: RunningKubernetes): Promise<SyncWorld> {
    const folder = await mkdtemp(join(tmpdir(), "sluice-sync-"));
    const world = new SyncWorld(folder, join(folder, "kubeconfig"), cluster);
    await installCrds(world.admin);
    await waitUntil("syncs are served", async () =>
      world.admin.call({ path: "/apis/sluice.dev/v1alpha1/secretsyncs" }, calm()).then(
        () => true,
        () => false,
      ),
    );
    await apply(world.admin, { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
    for (const document of parseAllDocuments(await readFile(RIGHTS, "utf8")))
      await apply(world.admin, document.toJS() as ObjectToWrite & { metadata: { name: string } });
    const asked = {
      namespace: NAMESPACE,
      serviceAccount: "sluice-sync",
      audience: "https://kubernetes.default.svc",
      expirationSeconds: 7200,
    };
    const token = (await requestToken(world.admin, asked, calm())).token.text();
    world.toxic.add(token);
    world.#token = token;
    await world.writeConfig("kubeconfig", cluster.address);
    const { address: server, caCert } = cluster;
    await writeFile(world.nobody, kubeconfigText({ server, caCert, tokens: { nobody: "CANARY-9f31" } }));
    return world;
  }

  /** Path of a kubeconfig that leads to the cluster, with credentials that are good for nothing. */
  get nobody(): string {
    return join(this.folder, "nobody-kubeconfig");
  }

  /** A kubeconfig with the controller's rights at an address of the cluster; its path. */
  async writeConfig(name: string, server: string): Promise<string> {
    const path = join(this.folder, name);
    const { caCert } = this.cluster;
    await writeFile(path, kubeconfigText({ server, caCert, tokens: { sync: this.#token } }), { mode: 0o600 });
    return path;
  }

  /** Starts a controller in this process. */
  start({ kubeconfig = this.config, ...settings }: StartSettings = {}): StartedSync {
    const client = new KubernetesClient({ kubeconfig, environment: {} });
    const catalogue = watchStores(client);
    const events = createEventBus();
    events.onAny((name, event) => this.told.push(JSON.stringify({ name, event })));
    const log = writeSyncLog(
      events,
      createLog("sync", { write: (line: string) => void this.told.push(line) }, "debug"),
    );
    const controller = createSyncController({
      client,
      catalogue,
      events,
      providers: BUILT_IN_PROVIDERS,
      environment: {},
      baseDirectory: this.folder,
      namespace: NAMESPACE,
      identity: `sync-${++this.#count}`,
      leaseSeconds: 3,
      drainMs: 5_000,
      ...settings,
    });
    const stopped = new AbortController();
    const running = controller.run(stopped.signal);
    return {
      controller,
      stop: async () => {
        stopped.abort();
        await running;
        catalogue[Symbol.dispose]();
        client[Symbol.dispose]();
        log[Symbol.dispose]();
      },
    };
  }

  async newNamespace(): Promise<string> {
    const name = `n-${++this.#count}-${Math.random().toString(36).slice(2, 8)}`;
    await createNamespace(this.admin, name);
    return name;
  }

  /** A value that nothing but its output may tell. */
  secret(name: string): string {
    const value = `VALUE-${name}-${Math.random().toString(36).slice(2)}`;
    this.toxic.add(value);
    return value;
  }

  /** A `ClusterSecretStore` that every namespace may read. */
  async store(name: string, spec: object, annotations: Readonly<Record<string, string>> = {}): Promise<void> {
    const access = [{ namespaces: ["*"], serviceAccounts: ["*"], paths: ["**"] }];
    const manifest = {
      apiVersion: STORE_API_VERSION,
      kind: "ClusterSecretStore",
      metadata: { name, annotations },
      spec: { access, ...spec },
    };
    await apply(this.admin, manifest);
  }

  /** A `SecretSync` that looks every 10 seconds. */
  async sync(
    namespace: string,
    name: string,
    spec: object,
    labels: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const manifest = {
      apiVersion: SECRET_SYNC_API_VERSION,
      kind: "SecretSync",
      metadata: { name, namespace, labels },
      spec: { intervalSeconds: 10, ...spec },
    };
    await apply(this.admin, manifest);
  }

  async remove(
    kind: "secretsyncs" | "secrets" | "configmaps",
    namespace: string,
    name: string,
  ): Promise<void> {
    const resource =
      kind === "secretsyncs" ? secretSyncResource(namespace) : { version: "v1", plural: kind, namespace };
    await deleteObject(this.admin, resource, name, calm());
  }

  async status(namespace: string, name: string): Promise<SecretSyncStatus> {
    const object = await getObject(this.admin, secretSyncResource(namespace), name, calm());
    return (object as SecretSyncManifest).status ?? {};
  }

  /** Waits until a condition has a reason; its message. */
  async until(
    namespace: string,
    name: string,
    reason: string,
    {
      type = "Synced",
      status = reason === "Synced" ? "True" : undefined,
    }: { type?: string; status?: string | undefined } = {},
  ): Promise<string> {
    let seen = "none";
    let message = "";
    await waitUntil(
      `${type} of ${namespace}/${name} is ${reason}`,
      async () => {
        const { conditions = [], observedGeneration } = await this.status(namespace, name);
        const { metadata } = await getObject(this.admin, secretSyncResource(namespace), name, calm());
        const condition = conditions.find((each) => each.type === type);
        seen = `${condition?.status ?? ""} ${condition?.reason ?? ""}: ${condition?.message ?? ""}`;
        message = condition?.message ?? "";
        const fits = condition?.reason === reason && (status === undefined || condition.status === status);
        return fits && observedGeneration === metadata.generation;
      },
      { timeoutMs: 60_000 },
    ).catch((thrown: unknown) => {
      throw new Error(`${String(thrown)}; it was ${seen}`);
    });
    return message;
  }

  async object(
    kind: "secrets" | "configmaps",
    namespace: string,
    name: string,
  ): Promise<KubernetesObject | undefined> {
    try {
      return await getObject(this.admin, { version: "v1", plural: kind, namespace }, name, calm());
    } catch (error) {
      if (KubernetesError.isInstance(error) && error.status === 404) return undefined;
      throw error;
    }
  }

  /** The data of a Secret as text; undefined if there is none. */
  async data(namespace: string, name: string): Promise<Record<string, string> | undefined> {
    const object = await this.object("secrets", namespace, name);
    if (object === undefined) return undefined;
    return Object.fromEntries(
      Object.entries((field(object, "data") ?? {}) as Record<string, string>).map(([key, text]) => [
        key,
        Buffer.from(text, "base64").toString(),
      ]),
    );
  }

  /** Waits until a Secret has this data, and nothing else. */
  async untilData(namespace: string, name: string, expected: Record<string, string>): Promise<void> {
    const wanted = sorted(expected);
    await waitUntil(`${namespace}/${name} has ${Object.keys(expected).join(", ")}`, async () => {
      const data = await this.data(namespace, name);
      return data !== undefined && sorted(data) === wanted;
    }).catch(async (thrown: unknown) => {
      const { conditions } = await this.status(namespace, name).catch(() => ({ conditions: undefined }));
      throw new Error(`${String(thrown)}; its sync is ${JSON.stringify(conditions)}`);
    });
  }

  /** A Secret as a person makes it. */
  async create(
    namespace: string,
    name: string,
    stringData: Record<string, string>,
    more: object = {},
  ): Promise<void> {
    const body = { apiVersion: "v1", kind: "Secret", metadata: { name }, stringData, ...more };
    await this.admin.call({ method: "POST", path: `/api/v1/namespaces/${namespace}/secrets`, body }, calm());
  }

  /** As `kubectl edit` changes a Secret. */
  async edit(namespace: string, name: string, patch: object): Promise<void> {
    await patchObject(this.admin, { version: "v1", plural: "secrets", namespace }, name, patch, calm());
  }

  /** Reasons of the events about a sync. */
  async events(namespace: string, name: string): Promise<string[]> {
    return (await this.eventsAbout(namespace, name)).map(({ reason }) => reason);
  }

  /** The events about an object of this name. */
  async eventsAbout(namespace: string, name: string): Promise<WorldEvent[]> {
    const resource = { group: "events.k8s.io", version: "v1", plural: "events", namespace };
    const found: WorldEvent[] = [];
    for await (const { objects } of listObjects(this.admin, { resource }, calm()))
      for (const event of objects)
        if (field(field(event, "regarding"), "name") === name) {
          found.push(event as unknown as WorldEvent);
          this.told.push(JSON.stringify(event));
        }
    return found;
  }

  /** Waits until there is such an event about an object; the event. */
  async untilEvent(namespace: string, name: string, reason: string): Promise<WorldEvent> {
    let found: WorldEvent | undefined;
    await waitUntil(`${namespace}/${name} has the event ${reason}`, async () => {
      found = (await this.eventsAbout(namespace, name)).find((event) => event.reason === reason);
      return found !== undefined;
    });
    if (found === undefined) throw new Error("It was there");
    return found;
  }

  /** What was told and must not have been. */
  async leaks(): Promise<string[]> {
    for await (const { objects } of listObjects(this.admin, { resource: secretSyncResource() }, calm()))
      this.told.push(...objects.map((object) => JSON.stringify(field(object, "status") ?? {})));
    const forms = Array.from(this.toxic).flatMap((secret) => [
      secret,
      Buffer.from(secret).toString("base64"),
    ]);
    return this.told.filter((text) => forms.some((form) => text.includes(form)));
  }

  async close(): Promise<void> {
    this.admin[Symbol.dispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function sorted(data: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(data).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
