import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ResolutionError } from "@sluice/core";
import type { PlannedFile, PlannedNotify } from "@sluice/core/plan";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createSidecar, type Sidecar } from "./create-sidecar.js";
import type { SidecarOptions } from "./sidecar-options.js";
import { TestStore } from "./test-store.test-support.js";

const SLOW = { timeout: 30_000, interval: 25 };

let folder: string;
let store: TestStore;
let over: AbortController;
const following: Promise<void>[] = [];
const open: AsyncDisposable[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-sidecar-"));
  store = new TestStore();
  over = new AbortController();
});
afterEach(async () => {
  over.abort(new Error("the test is over"));
  await Promise.all(following.splice(0));
  for (const each of open.splice(0)) await each[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const pathOf = (name: string) => join(folder, "files", name);
const read = async (name: string) => readFile(pathOf(name), "utf8");
const raw = (name: string, text: string, more: Partial<PlannedFile> = {}): PlannedFile => ({
  path: pathOf(name),
  content: { format: "raw", text },
  ...more,
});
const template = (name: string, text: string): PlannedFile => ({
  path: pathOf(name),
  content: { format: "go-template", template: text, store: "test" },
});

function sidecarOf(files: readonly PlannedFile[], more: Partial<SidecarOptions> = {}) {
  const { resolver, events } = store.open();
  open.push(resolver);
  const told: { readonly action: PlannedNotify; readonly files: string }[] = [];
  const said: string[] = [];
  events.onAny((name) => void said.push(name));
  const sidecar = createSidecar({
    plan: { roots: [join(folder, "files")], files },
    resolver,
    events,
    refreshMs: 200,
    stateFolder: join(folder, "state"),
    notifier: {
      debounceMs: 10,
      leastPauseMs: 0,
      perform: async (action) => void told.push({ action, files: "" }),
    },
    ...more,
  });
  return { sidecar, resolver, events, told, said };
}

async function begin(sidecar: Sidecar): Promise<void> {
  await sidecar.start(over.signal);
  following.push(sidecar.follow(over.signal));
}

describe("a sidecar that starts", () => {
  it("writes every file before it is ready, and is ready no more when it stops", async () => {
    store.secrets.set("a", "one");
    const { sidecar } = sidecarOf([raw("a", "secret://test/a"), raw("b", "b=${secret://test/a}")]);
    await expect(stat(join(folder, "state/ready"))).rejects.toThrow("ENOENT");
    await sidecar.start(over.signal);
    expect([await read("a"), await read("b")]).toEqual(["one", "b=one"]);
    expect(JSON.parse(await readFile(join(folder, "state/ready"), "utf8"))).toEqual({
      protocol: 1,
      critical: [],
      env: {},
    });
    expect(store.reads).toEqual(["a"]);
    await sidecar.stop();
    await expect(stat(join(folder, "state/ready"))).rejects.toThrow("ENOENT");
  });

  it("lists every failure of every file, and writes none", async () => {
    const { sidecar } = sidecarOf([raw("a", "secret://test/no"), raw("b", "secret://test/neither")]);
    const thrown: unknown = await sidecar.start(over.signal).catch((error: unknown) => error);
    expect(ResolutionError.isInstance(thrown) && thrown.failures.map(({ label }) => label)).toEqual([
      pathOf("a"),
      pathOf("b"),
    ]);
    await expect(read("a")).rejects.toThrow("ENOENT");
  });

  it("waits for a store that is away", async () => {
    store.isAway = true;
    store.secrets.set("a", "one");
    const { sidecar, said } = sidecarOf([raw("a", "secret://test/a")]);
    const started = sidecar.start(over.signal);
    await vi.waitFor(() => expect(said).toContain("files-not-written"), SLOW);
    store.isAway = false;
    await started;
    expect(await read("a")).toBe("one");
  });

  it("does not wait longer than it may", async () => {
    store.isAway = true;
    const { sidecar } = sidecarOf([raw("a", "secret://test/a")], { waitMs: 0 });
    await expect(sidecar.start(over.signal)).rejects.toMatchObject({ kind: "unavailable" });
  });
});

describe("a sidecar beside its app", () => {
  it("writes what has changed, only that, and tells its app once", async () => {
    store.secrets.set("a", "one").set("b", "two");
    const notify: PlannedNotify[] = [{ do: "touch", path: "/x" }];
    const { sidecar, told } = sidecarOf([
      raw("a", "secret://test/a", { notify }),
      raw("b", "secret://test/b", { notify: [{ do: "touch", path: "/y" }] }),
      raw("both", "${secret://test/a}${secret://test/b}", { notify }),
    ]);
    await begin(sidecar);
    expect(told).toEqual([]);
    store.secrets.set("a", "three");
    await vi.waitFor(async () => expect(await read("both")).toBe("threetwo"), SLOW);
    expect(await read("a")).toBe("three");
    await vi.waitFor(() => expect(told).toHaveLength(1), SLOW);
    expect(told[0]?.action).toEqual({ do: "touch", path: "/x" });
  });

  it("keeps the last good files while a store is away or refuses, and goes on afterwards", async () => {
    store.secrets.set("a", "one");
    const { sidecar, said } = sidecarOf([raw("a", "secret://test/a")]);
    await begin(sidecar);
    store.isAway = true;
    const before = store.reads.length;
    await vi.waitFor(() => expect(store.reads.length).toBeGreaterThan(before), SLOW);
    expect(await read("a")).toBe("one");
    store.secrets.set("a", "two");
    store.isAway = false;
    await vi.waitFor(async () => expect(await read("a")).toBe("two"), SLOW);
    store.secrets.delete("a");
    await vi.waitFor(() => expect(said).toContain("files-not-written"), SLOW);
    expect(await read("a")).toBe("two");
    store.secrets.set("a", "three");
    await vi.waitFor(async () => expect(await read("a")).toBe("three"), SLOW);
  });

  it("follows what a template reads after a change as well", async () => {
    store.secrets
      .set("which", JSON.stringify({ name: "a" }))
      .set("a", "one")
      .set("b", "two");
    const text = '{{ with secret "which" }}{{ with secret .Data.name }}{{ .Data.value }}{{ end }}{{ end }}';
    const { sidecar } = sidecarOf([template("t", text)]);
    await begin(sidecar);
    expect(await read("t")).toBe("one");
    store.secrets.set("which", JSON.stringify({ name: "b" }));
    await vi.waitFor(async () => expect(await read("t")).toBe("two"), SLOW);
    store.secrets.set("b", "three");
    await vi.waitFor(async () => expect(await read("t")).toBe("three"), SLOW);
  });

  it("takes one lease for all files, and another before that ends", async () => {
    store.lease = { ttlMs: 1_500, maxTtlMs: 1_500 };
    const pair = '{{ with secret "issue/db" }}{{ .Data.user }}:{{ .Data.password }}{{ end }}';
    const { sidecar } = sidecarOf([template("a", pair), template("b", pair)]);
    await begin(sidecar);
    expect([await read("a"), await read("b")]).toEqual(["u1:p1", "u1:p1"]);
    await vi.waitFor(async () => expect(await read("a")).toBe("u2:p2"), SLOW);
    await vi.waitFor(async () => expect(await read("b")).toBe("u2:p2"), SLOW);
    expect(store.issued).toBe(2);
  });
});

describe("a sidecar that comes after another run", () => {
  const pair = '{{ with secret "issue/db" }}{{ .Data.user }}:{{ .Data.password }}{{ end }}';

  it("goes on with its leases and values, and takes none of its own", async () => {
    store.secrets.set("a", "one");
    const files = [template("pair", pair), raw("a", "secret://test/a")];
    const init = sidecarOf(files);
    await init.sidecar.start(over.signal);
    store.secrets.set("a", "two");
    expect((await stat(join(folder, "state/state"))).mode & 0o777).toBe(0o600);

    const { sidecar, resolver } = sidecarOf(files);
    await begin(sidecar);
    expect([await read("pair"), await read("a")]).toEqual(["u1:p1", "two"]);
    expect(store.issued).toBe(1);
    expect(resolver.leases.held()).toMatchObject([{ id: "lease-1", store: "test" }]);
    over.abort(new Error("over"));
    await sidecar.stop({ forget: true });
    await resolver[Symbol.asyncDispose]();
    expect(store.revoked).toEqual(["lease-1"]);
    await expect(stat(join(folder, "state/state"))).rejects.toThrow("ENOENT");
  });

  it("does not go on with a lease that is over", async () => {
    store.lease = { ttlMs: 20, maxTtlMs: 20 };
    await sidecarOf([template("pair", pair)], {}).sidecar.start(over.signal);
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(0), SLOW);
    await new Promise((resolve) => setTimeout(resolve, 50));
    store.lease = { ttlMs: 60_000, maxTtlMs: 60_000 };
    await sidecarOf([template("pair", pair)]).sidecar.start(over.signal);
    expect(await read("pair")).toBe("u2:p2");
  });
});
