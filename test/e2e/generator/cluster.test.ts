import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { text as readText } from "node:stream/consumers";
import {
  createObject,
  field,
  getObject,
  KubernetesClient,
  listObjects,
  requestToken,
} from "@sluice/kubernetes";
import { generatedSecretResource } from "@sluice/kubernetes/generated";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createKubeconfig } from "../../servers/kubernetes-kubeconfig.js";
import { freePort } from "../../servers/shared/free-port.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { applyManifest, manifestsIn, readManifests } from "../deploy/manifests.js";
import { createAnnotatedPod, createNamespace, deletePods } from "./cluster-pods.js";
import { describeOnCluster } from "./describe-on-cluster.js";
import { generatedSecret, GeneratorPlace } from "./generator-place.js";

const RIGHTS = new URL("../../../deploy/kustomize/components/generator/rbac.yaml", import.meta.url);
const SYSTEM = "sluice-system";

await describeOnCluster(
  "sluice generate in a cluster, with the rights that are deployed",
  (cluster, subject) => {
    const prefix = `/${subject.path("app")}`;
    const at = (name: string): string => `${prefix}/${name}`;
    let admin: KubernetesClient;
    let place: GeneratorPlace;
    let kubeconfig: Awaited<ReturnType<typeof createKubeconfig>>;

    beforeAll(async () => {
      admin = new KubernetesClient({ environment: {}, kubeconfig: cluster.kubeconfig });
      for (const namespace of ["shop", "barred", SYSTEM]) await createNamespace(admin, namespace);
      const rights = manifestsIn(await readFile(RIGHTS, "utf8"));
      for (const manifest of [...(await readManifests("crds")), ...rights])
        await applyManifest(cluster, manifest);
      const account = {
        namespace: SYSTEM,
        serviceAccount: "sluice-generator",
        audience: "https://kubernetes.default.svc",
      };
      await waitUntil(
        "the kinds are served",
        async () => (await resources().catch(() => undefined)) !== undefined,
      );
      const { token } = await requestToken(admin, account, call());
      const { address: server, caCert } = cluster;
      kubeconfig = await createKubeconfig({ server, caCert, tokens: { own: token.text() } });
      place = await GeneratorPlace.open(subject, {
        access: [{ namespaces: ["shop"], paths: [`${prefix.slice(1)}/**`] }],
      });
    });
    afterAll(async () => {
      await place[Symbol.asyncDispose]();
      await kubeconfig.remove();
      admin[Symbol.dispose]();
    });

    it("creates what pods and resources ask for, and tells them", { timeout: 180_000 }, async () => {
      const management = await freePort();
      const child = place.start(...flags(), "--management", `127.0.0.1:${management}`);
      if (child.stdout === null || child.stderr === null) throw new Error("It has no output");
      const said = Promise.all([readText(child.stdout), readText(child.stderr)]);
      const ended = once(child, "exit");
      try {
        const probe = async (path: string) =>
          fetch(`http://127.0.0.1:${management}${path}`).then(
            async (response) => ({ status: response.status, text: await response.text() }),
            () => ({ status: 0, text: "" }),
          );
        await waitUntil("it is ready", async () => (await probe("/readyz")).status === 200);

        await createAnnotatedPod(admin, "shop", "web-1", {
          "init.bsycorp.com/storage-prefix": prefix,
          "secret.bsycorp.com/signingKey.v1_public": "kind=DYNAMIC,type=RSA,size=2048,foo=bar",
          "secret.bsycorp.com/signingKey.v1_private": "kind=DYNAMIC,type=RSA,size=2048,foo=bar",
          "secret.bsycorp.com/db.password": "kind=REFERENCE,type=PASSWORD",
          "secret.bsycorp.com/odd": "kind=DYNAMIC,type=NONE",
          "lease.bsycorp.com/flake": "kind=INDEX,rangeStart=7,rangeEnd=8",
        });
        await create("id", { type: "UUID", path: at("id") });
        await create("elsewhere", { type: "UUID", path: "elsewhere/id" });
        await createAnnotatedPod(admin, "barred", "spy", {
          "init.bsycorp.com/storage-prefix": prefix,
          "secret.bsycorp.com/wish": "kind=DYNAMIC,type=PASSWORD,size=128",
        });

        await waitUntil("all is there", async () => {
          const there = await Promise.all(
            ["signingKey.v1_public", "signingKey.v1_private", "id", "leases/flake.7"].map(read),
          );
          return there.every((value) => value !== undefined);
        });
        expect(await read("leases/flake.7")).toBe("web-1");
        await waitUntil("the resources say so", async () => (await conditions()).every(Boolean));
        expect(await conditions()).toMatchObject([
          {
            status: "False",
            reason: "Refused",
            message: expect.stringContaining("may have nothing created") as string,
          },
          { status: "True", reason: "Created", observedGeneration: 1 },
        ]);
        await waitUntil("the pods are told", async () => (await notes("Pod/web-1", "Pod/spy")).length >= 3);
        expect((await notes("Pod/web-1", "Pod/spy")).join("\n")).toContain(
          "Annotation secret.bsycorp.com/odd has a type",
        );
        expect((await notes("Pod/spy")).join("\n")).toContain("namespace barred may have nothing created");
        expect((await notes("GeneratedSecret/id")).join("\n")).toContain(
          `id was created in store main: ${at("id")}`,
        );

        await deletePods(admin, "shop", ["web-1"]);
        await waitUntil("the number is free", async () => (await read("leases/flake.7")) === undefined);
        const metrics = (await probe("/metrics")).text;
        for (const line of [
          'sluice_generator_secrets_total{outcome="created",type="rsa"} 1',
          'sluice_generator_leases_total{outcome="released"} 1',
          "sluice_generator_leases_held 0",
        ])
          expect(metrics).toContain(line);
      } finally {
        child.kill("SIGTERM");
      }
      expect(await ended).toEqual([0, null]);
      const [stdout, stderr] = await said;
      expect(stderr).toBe("");
      for (const name of ["signingKey.v1_private", "id"]) expect(stdout).not.toContain(await read(name));
      const events = stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { audit?: true; event?: string });
      expect(events.flatMap(({ audit, event = "" }) => (audit ? [event] : [])).toSorted()).toEqual([
        "lease-claimed",
        "lease-released",
        "secret-generated",
        "secret-generated",
      ]);
      // Only what could not be granted to it would be told as difficulties of its own.
      expect(stdout).not.toContain("in difficulties");
      expect(await Promise.all(["db.password", "odd", "wish"].map(read))).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    });

    it("does it once, and says what was done", { timeout: 120_000 }, async () => {
      await create("key", { type: "SSH", path: at("key") });
      await createAnnotatedPod(admin, "shop", "web-2", {
        "init.bsycorp.com/storage-prefix": prefix,
        "lease.bsycorp.com/flake": "kind=INDEX,rangeStart=7,rangeEnd=8",
      });
      const { code, stdout, stderr } = await place.generate(...flags(), "--once", "-o", "json");
      // What is barred stays so.
      expect([code, stderr]).toEqual([78, expect.stringContaining("may have nothing created")]);
      const rows = JSON.parse(stdout) as { status: string; place: string }[];
      expect(rows.map(({ status, place: where }) => [status, where])).toEqual(
        expect.arrayContaining([
          ["created", `${at("key_private")} ${at("key_public")}`],
          ["claimed", at("leases/flake.7")],
        ]),
      );
      const again = await place.generate(...flags(), "--once", "-o", "json", "-n", "shop");
      expect((JSON.parse(again.stdout) as { status: string }[]).map(({ status }) => status)).not.toContain(
        "created",
      );
    });

    it("only the leader generates, where one is asked for", { timeout: 120_000 }, async () => {
      const both = [place.start(...lone()), place.start(...lone())] as const;
      // Before its first line a process may not listen for signals yet.
      const begun = both.map(async ({ stdout }) => stdout !== null && once(stdout, "data"));
      try {
        await create("led", { type: "UUID", path: at("led") });
        await waitUntil("it is there", async () => (await read("led")) !== undefined);
        const lease = { group: "coordination.k8s.io", version: "v1", plural: "leases", namespace: SYSTEM };
        const { spec } = (await getObject(admin, lease, "sluice-generator", call())) as unknown as {
          spec: { holderIdentity: string };
        };
        expect(spec.holderIdentity).not.toBe("");
        await Promise.all(begun);
      } finally {
        const ended = both.map(async (child) => once(child, "exit"));
        for (const child of both) child.kill("SIGTERM");
        expect(await Promise.all(ended)).toEqual([
          [0, null],
          [0, null],
        ]);
      }
    });

    function flags(): string[] {
      return ["--kubeconfig", kubeconfig.path, "--ledger-namespace", SYSTEM];
    }

    function lone(): string[] {
      return [...flags(), "--lead", "--management", "127.0.0.1:0"];
    }

    function call() {
      return { signal: AbortSignal.timeout(60_000) };
    }

    async function create(name: string, spec: object): Promise<void> {
      await createObject(admin, generatedSecretResource("shop"), generatedSecret(name, spec, "shop"), call());
    }

    async function read(name: string): Promise<string | undefined> {
      return subject.read(at(name));
    }

    async function resources() {
      const pages = await Array.fromAsync(
        listObjects(admin, { resource: generatedSecretResource("shop") }, call()),
      );
      return pages.flatMap(({ objects }) => objects);
    }

    /** The conditions of the resources, by their names. */
    async function conditions(): Promise<unknown[]> {
      const all = await resources();
      return all.map(
        (object) => (field(field(object, "status"), "conditions") as unknown[] | undefined)?.[0],
      );
    }

    /** What events say of objects, `KIND/NAME`. */
    async function notes(...regarding: readonly string[]): Promise<string[]> {
      const resource = { group: "events.k8s.io", version: "v1", plural: "events" };
      const pages = await Array.fromAsync(listObjects(admin, { resource }, call()));
      return pages
        .flatMap(
          ({ objects }) =>
            objects as unknown as { regarding: { kind: string; name: string }; note: string }[],
        )
        .filter((event) => regarding.includes(`${event.regarding.kind}/${event.regarding.name}`))
        .map(({ note }) => note);
    }
  },
);
