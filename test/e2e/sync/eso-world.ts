import { readFile } from "node:fs/promises";
import {
  deleteObject,
  field,
  getObject,
  type KubernetesObject,
  type ObjectToWrite,
} from "@sluice/kubernetes";
import { parseAllDocuments } from "yaml";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { apply, calm } from "../broker/broker-access.js";
import type { SyncWorld } from "./sync-world.js";

const CRDS = new URL("../../fixtures/peers/eso-crds.yaml", import.meta.url);
const COMPONENTS = new URL("../../../deploy/kustomize/components/", import.meta.url);
const PLURALS = {
  ExternalSecret: "externalsecrets",
  SecretStore: "secretstores",
  ClusterSecretStore: "clustersecretstores",
} as const;

type Written = ObjectToWrite & { readonly metadata: { readonly name: string; readonly namespace?: string } };

/** The condition `Ready` of one of their objects. */
export interface EsoReady {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** A world with the kinds of External Secrets in it. */
export class EsoWorld {
  constructor(readonly world: SyncWorld) {}

  /** What their chart brings. */
  async installKinds(): Promise<void> {
    const documents = parseAllDocuments(await readFile(CRDS, "utf8"), { merge: true });
    for (const document of documents) await apply(this.world.admin, document.toJS() as Written);
    for (const plural of Object.values(PLURALS))
      await waitUntil(`${plural} are served`, async () =>
        this.world.admin.call({ path: `/apis/external-secrets.io/v1/${plural}` }, calm()).then(
          () => true,
          () => false,
        ),
      );
  }

  /** The rights of a component. */
  async grantRights(component = "sync-eso"): Promise<void> {
    const rights = await readFile(new URL(`${component}/rbac.yaml`, COMPONENTS), "utf8");
    for (const document of parseAllDocuments(rights))
      await apply(this.world.admin, document.toJS() as Written);
  }

  /** Applies documents as users have them, each in the namespace if it has none. */
  async apply(namespace: string, text: string): Promise<void> {
    for (const document of parseAllDocuments(text)) {
      const object = document.toJS() as Written & { readonly kind: string };
      const isCluster = object.kind === "ClusterSecretStore";
      const metadata = isCluster ? object.metadata : { namespace, ...object.metadata };
      await apply(this.world.admin, { ...object, metadata });
    }
  }

  async get(kind: keyof typeof PLURALS, namespace: string, name: string): Promise<KubernetesObject> {
    const resource = { group: "external-secrets.io", version: "v1", plural: PLURALS[kind] };
    const where = kind === "ClusterSecretStore" ? {} : { namespace };
    return getObject(this.world.admin, { ...resource, ...where }, name, calm());
  }

  async remove(namespace: string, name: string): Promise<void> {
    const resource = {
      group: "external-secrets.io",
      version: "v1",
      plural: PLURALS.ExternalSecret,
      namespace,
    };
    await deleteObject(this.world.admin, resource, name, calm());
  }

  /** Notes what the statuses of `ExternalSecret`s tell, so that it is looked at for leaks. */
  async note(namespace: string, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const status = field(await this.get("ExternalSecret", namespace, name), "status");
      if (status === undefined) throw new Error(`ExternalSecret ${name} tells nothing`);
      this.world.told.push(JSON.stringify(status));
    }
  }

  /** Waits until `Ready` is so and the message has the text; the condition. */
  async until(
    kind: keyof typeof PLURALS,
    namespace: string,
    name: string,
    status: "True" | "False",
    text = "",
  ): Promise<EsoReady> {
    let ready: EsoReady | undefined;
    await waitUntil(
      `${kind} ${namespace}/${name} is ${status} with ${JSON.stringify(text)}`,
      async () => {
        const { status: written } = (await this.get(kind, namespace, name)) as { status?: unknown };
        const conditions = (field(written, "conditions") ?? []) as (EsoReady & { readonly type: string })[];
        ready = conditions.find(({ type }) => type === "Ready");
        if (written !== undefined) this.world.told.push(JSON.stringify(written));
        return ready?.status === status && ready.message.includes(text);
      },
      { timeoutMs: 60_000 },
    ).catch((thrown: unknown) => {
      throw new Error(`${String(thrown)}; it was ${JSON.stringify(ready)}`);
    });
    if (ready === undefined) throw new Error("There is no condition");
    return ready;
  }

  /** Waits until a Secret has this data, and nothing else. */
  async untilData(namespace: string, name: string, expected: Record<string, string>): Promise<void> {
    const text = (data: Readonly<Record<string, string>>): string =>
      JSON.stringify(Object.entries(data).toSorted(([one], [other]) => (one < other ? -1 : 1)));
    await waitUntil(
      `${namespace}/${name} has ${Object.keys(expected).join(", ")}`,
      async () => {
        const data = await this.world.data(namespace, name);
        return data !== undefined && text(data) === text(expected);
      },
      { timeoutMs: 60_000 },
    );
  }
}
