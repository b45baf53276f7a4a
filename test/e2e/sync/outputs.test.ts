import { field } from "@sluice/kubernetes";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { AWS_ENVIRONMENT, type SecretsManagerServer, startSecretsManager } from "./secrets-manager.js";
import { type StartedSync, SyncWorld } from "./sync-world.js";

vi.setConfig({ testTimeout: 180_000 });

await describeOnKubernetes("sluice sync, what becomes of outputs", (cluster) => {
  let world: SyncWorld;
  let aws: SecretsManagerServer;
  let started: StartedSync;
  let namespace: string;

  beforeAll(async () => {
    [world, aws] = await Promise.all([SyncWorld.open(cluster), startSecretsManager()]);
    await world.store("prod", aws.store);
    namespace = await world.newNamespace();
    started = world.start({ environment: AWS_ENVIRONMENT });
  }, 120_000);

  afterAll(async () => {
    await started.stop();
    await aws.stop();
    await world.close();
  }, 60_000);

  const one = (path: string, more: object = {}): object => ({
    data: [{ key: "password", from: `secret://prod/${path}` }],
    ...more,
  });

  it("is created with what marks it, and told", async () => {
    const value = world.secret("create");
    await aws.put("o/create", value);
    await world.sync(namespace, "create", one("o/create", { target: { labels: { team: "shop" } } }));
    await world.until(namespace, "create", "Synced");
    expect(await world.data(namespace, "create")).toEqual({ password: value });
    const { metadata } = (await world.object("secrets", namespace, "create")) ?? {};
    expect(metadata?.labels).toEqual({ team: "shop", "sluice.dev/synced": "true" });
    expect(Object.values(metadata?.annotations ?? {})).toEqual(["SecretSync/create Owner"]);
    expect(metadata?.ownerReferences).toEqual([
      { apiVersion: "sluice.dev/v1alpha1", kind: "SecretSync", name: "create", uid: expect.any(String) },
    ]);
    const status = await world.status(namespace, "create");
    expect(status.observed).toEqual([{ reference: "secret://prod/o/create", version: expect.any(String) }]);
    expect(status.outputs).toMatchObject([{ kind: "Secret", name: "create", keys: ["password"] }]);
    expect(status.lastSyncTime).toEqual(expect.any(String));
    expect(await world.events(namespace, "create")).toEqual(["OutputCreated"]);
  });

  it("gets a value that is rotated, once", async () => {
    const [before, after] = [world.secret("rotate"), world.secret("rotated")];
    await aws.put("o/rotate", before);
    await world.sync(namespace, "rotate", one("o/rotate"));
    await world.untilData(namespace, "rotate", { password: before });
    await world.until(namespace, "rotate", "Synced");
    await aws.put("o/rotate", after);
    await world.untilData(namespace, "rotate", { password: after });
    const resourceVersion = async (): Promise<string | undefined> =>
      (await world.object("secrets", namespace, "rotate"))?.metadata.resourceVersion;
    const written = await resourceVersion();
    // Two further looks find nothing to write.
    const looks = (): number => world.told.filter((text) => text.includes('"name":"store-listed"')).length;
    const seen = looks();
    await waitUntil("the store is looked at twice", () => looks() >= seen + 2);
    expect(await resourceVersion()).toBe(written);
  });

  it("follows its spec: keys go, and another object is written", async () => {
    const value = world.secret("spec");
    await aws.put("o/spec", JSON.stringify({ user: "u", password: value }));
    await world.sync(namespace, "spec", { extract: [{ from: "secret://prod/o/spec" }] });
    await world.untilData(namespace, "spec", { user: "u", password: value });
    await world.sync(namespace, "spec", { data: [{ key: "p", from: "secret://prod/o/spec#password" }] });
    await world.untilData(namespace, "spec", { p: value });
    await world.sync(namespace, "spec", {
      data: [{ key: "p", from: "secret://prod/o/spec#password" }],
      target: { name: "elsewhere" },
    });
    await world.untilData(namespace, "elsewhere", { p: value });
    await waitUntil("the first is gone", async () => (await world.data(namespace, "spec")) === undefined);
    await world.until(namespace, "spec", "Synced");
    expect((await world.status(namespace, "spec")).outputs).toMatchObject([{ name: "elsewhere" }]);
  });

  it("is made right again when somebody edits or deletes it", async () => {
    const value = world.secret("drift");
    await aws.put("o/drift", value);
    await world.sync(namespace, "drift", one("o/drift"));
    await world.until(namespace, "drift", "Synced");
    await world.edit(namespace, "drift", { stringData: { password: "edited" } });
    await world.untilData(namespace, "drift", { password: value });
    await world.edit(namespace, "drift", { data: { password: null } });
    await world.untilData(namespace, "drift", { password: value });
    await world.edit(namespace, "drift", { metadata: { labels: null, annotations: null } });
    await waitUntil("it is labelled again", async () => {
      const object = await world.object("secrets", namespace, "drift");
      return object?.metadata.labels?.["sluice.dev/synced"] === "true";
    });
    await world.remove("secrets", namespace, "drift");
    await world.untilData(namespace, "drift", { password: value });
    expect(await world.events(namespace, "drift")).toEqual(expect.arrayContaining(["OutputRepaired"]));
  });

  it("keeps keys that others have put there", async () => {
    const value = world.secret("guest");
    await aws.put("o/guest", value);
    await world.sync(namespace, "guest", one("o/guest"));
    await world.until(namespace, "guest", "Synced");
    await world.edit(namespace, "guest", { stringData: { guest: "here" } });
    const after = world.secret("guest2");
    await aws.put("o/guest", after);
    await world.untilData(namespace, "guest", { password: after, guest: "here" });
    expect((await world.status(namespace, "guest")).outputs).toMatchObject([{ keys: ["password"] }]);
  });

  it("goes with its sync; an orphan stays, and a merged one loses its keys only", async () => {
    const value = world.secret("owner");
    await aws.put("o/owner", value);
    await world.create(namespace, "merged", { own: "own" });
    for (const [name, creationPolicy] of [
      ["owned", "Owner"],
      ["orphan", "Orphan"],
      ["merged", "Merge"],
    ] as const) {
      await world.sync(namespace, name, one("o/owner", { target: { creationPolicy } }));
      await world.until(namespace, name, "Synced");
    }
    expect(await world.data(namespace, "merged")).toEqual({ own: "own", password: value });
    expect((await world.object("secrets", namespace, "merged"))?.metadata.ownerReferences).toBeUndefined();
    for (const name of ["orphan", "merged", "owned"]) await world.remove("secretsyncs", namespace, name);
    await waitUntil(
      "the owned one is gone",
      async () => (await world.data(namespace, "owned")) === undefined,
    );
    await world.untilData(namespace, "merged", { own: "own" });
    expect(await world.data(namespace, "orphan")).toEqual({ password: value });
  });

  it("a Merge waits for what it merges into", async () => {
    const value = world.secret("later");
    await aws.put("o/later", value);
    await world.sync(namespace, "later", one("o/later", { target: { creationPolicy: "Merge" } }));
    expect(await world.until(namespace, "later", "TargetMissing")).toContain("is not there");
    await world.create(namespace, "later", { own: "own" });
    await world.untilData(namespace, "later", { own: "own", password: value });
  });

  it("a Secret that a person made is left alone, unless it is to be adopted", async () => {
    const value = world.secret("foreign");
    await aws.put("o/foreign", value);
    await world.create(namespace, "foreign", { password: "theirs", other: "x" });
    await world.sync(namespace, "foreign", one("o/foreign"));
    expect(await world.until(namespace, "foreign", "Foreign")).toContain("target.adopt: true");
    expect(await world.data(namespace, "foreign")).toEqual({ password: "theirs", other: "x" });
    expect(await world.events(namespace, "foreign")).toEqual(["Foreign"]);
    await world.sync(namespace, "foreign", one("o/foreign", { target: { adopt: true } }));
    await world.untilData(namespace, "foreign", { password: value, other: "x" });
    await world.until(namespace, "foreign", "Synced");
    expect(await world.events(namespace, "foreign")).toEqual(expect.arrayContaining(["OutputAdopted"]));
  });

  it("two syncs share an output, and say so when they want one key", async () => {
    const [a, b] = [world.secret("shared-a"), world.secret("shared-b")];
    await aws.put("o/a", a);
    await aws.put("o/b", b);
    const target = { name: "shared" };
    await world.sync(namespace, "first", { data: [{ key: "a", from: "secret://prod/o/a" }], target });
    await world.until(namespace, "first", "Synced");
    await world.sync(namespace, "second", { data: [{ key: "b", from: "secret://prod/o/b" }], target });
    await world.untilData(namespace, "shared", { a, b });
    await world.until(namespace, "second", "Synced");
    expect((await world.object("secrets", namespace, "shared"))?.metadata.ownerReferences).toHaveLength(2);

    await world.sync(namespace, "third", { data: [{ key: "a", from: "secret://prod/o/b" }], target });
    const message = await world.until(namespace, "third", "Conflict");
    expect(message).toContain("a of sluice-sync/SecretSync.first");
    expect(await world.data(namespace, "shared")).toEqual({ a, b });

    await world.remove("secretsyncs", namespace, "first");
    await world.untilData(namespace, "shared", { a: b, b });
    await world.remove("secretsyncs", namespace, "third");
    await world.untilData(namespace, "shared", { b });
    await world.remove("secretsyncs", namespace, "second");
    await waitUntil("it is gone", async () => (await world.data(namespace, "shared")) === undefined);
  });

  it("is made anew when its type changes, but only if the new one would be taken", async () => {
    const value = world.secret("typed");
    await aws.put("o/typed", JSON.stringify({ username: "u", password: value }));
    const spec = (type?: string): object => ({
      extract: [{ from: "secret://prod/o/typed" }],
      target: type === undefined ? {} : { type },
    });
    await world.sync(namespace, "typed", spec());
    await world.until(namespace, "typed", "Synced");
    const typeOf = async (): Promise<unknown> =>
      field(await world.object("secrets", namespace, "typed"), "type");
    await world.sync(namespace, "typed", spec("kubernetes.io/tls"));
    await world.until(namespace, "typed", "Rejected");
    expect(await typeOf()).toBe("Opaque");
    await world.sync(namespace, "typed", spec("kubernetes.io/basic-auth"));
    await world.until(namespace, "typed", "Synced");
    expect(await typeOf()).toBe("kubernetes.io/basic-auth");
    expect(await world.data(namespace, "typed")).toEqual({ username: "u", password: value });
    await world.edit(namespace, "typed", { stringData: { guest: "here" } });
    await world.sync(namespace, "typed", spec());
    expect(await world.until(namespace, "typed", "TypeConflict")).toContain("guest");
  });

  it("is a ConfigMap, or files of templates, if that is asked for", async () => {
    const value = world.secret("file");
    await aws.put("o/file", value);
    await world.sync(namespace, "map", one("o/file", { target: { kind: "ConfigMap" } }));
    await world.until(namespace, "map", "Synced");
    expect(field(await world.object("configmaps", namespace, "map"), "data")).toEqual({ password: value });
    const template = { data: [{ key: "a.conf", text: "p={{ .password }}\n" }] };
    await world.sync(namespace, "files", one("o/file", { template }));
    await world.untilData(namespace, "files", { "a.conf": `p=${value}\n` });
  });

  it("finds what fits by path, name and tags, and follows what comes", async () => {
    const [a, b, c] = [world.secret("find-a"), world.secret("find-b"), world.secret("find-c")];
    await aws.put("f/db-a", a, { team: "shop" });
    await aws.put("f/db-b", b, { team: "pay" });
    await aws.put("f/web", c, { team: "shop" });
    await world.sync(namespace, "find", {
      find: [{ store: "prod", path: "f/", name: "db-.*", prefix: "x-" }],
    });
    await world.untilData(namespace, "find", { "x-db-a": a, "x-db-b": b });
    await world.sync(namespace, "tagged", { find: [{ store: "prod", path: "f/", tags: { team: "shop" } }] });
    await world.untilData(namespace, "tagged", { "db-a": a, web: c });
    const late = world.secret("find-late");
    await aws.put("f/db-late", late, { team: "shop" });
    await world.untilData(namespace, "find", { "x-db-a": a, "x-db-b": b, "x-db-late": late });
    await world.untilData(namespace, "tagged", { "db-a": a, "db-late": late, web: c });
    await waitUntil("the status has all three", async () => {
      const { observed = [] } = await world.status(namespace, "tagged");
      return observed.length === 3;
    });
    expect((await world.status(namespace, "tagged")).outputs).toMatchObject([
      { keys: ["db-a", "db-late", "web"] },
    ]);
  });

  it("says what is wrong with a spec, and does nothing while it is suspended", async () => {
    await world.sync(namespace, "wrong", { find: [{ store: "prod", name: "(" }] });
    expect(await world.until(namespace, "wrong", "InvalidSpec")).toContain("RE2");
    await world.until(namespace, "wrong", "NeverSynced", { type: "Ready", status: "False" });
    await world.sync(namespace, "asleep", one("o/none", { suspend: true }));
    await world.until(namespace, "asleep", "Suspended");
    expect(await world.data(namespace, "asleep")).toBeUndefined();
  });

  it("no value was told anybody", async () => {
    expect(world.told.length).toBeGreaterThan(0);
    expect(await world.leaks()).toEqual([]);
  });
});
