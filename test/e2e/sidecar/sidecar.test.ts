import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { realVault } from "../../../packages/provider-vault/test/real-vault.js";
import { startTcpProxy } from "../../servers/faults/tcp-proxy.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import type { Workspace } from "../../support/workspace.js";
import { startSidecar } from "./sidecar-process.js";
import { openVaultWorld, type VaultWorld } from "./vault-world.js";

const server = await realVault();
/** The whole course of what is promised: two minutes of renewals, a minute of outage. */
const LONG = process.env["SLUICE_LONG_LEASES"] === "1";
const PAIR = /^[\w-]{20,}:\S{20,}$/;

const raw = (name: string, text: string, more: object = {}) => ({
  path: `ROOT/${name}`,
  content: { format: "raw", text },
  ...more,
});
const pairOf = (creds: string) => ({
  path: "ROOT/pair",
  content: {
    format: "go-template",
    store: "bao",
    template: `{{ with secret "${creds}" }}{{ .Data.username }}:{{ .Data.password }}{{ end }}`,
  },
});
const plan = (...files: readonly object[]) => ({ roots: ["ROOT"], files });
const file = (workspace: Workspace, name: string) =>
  readFileSync(join(workspace.path, "files", name), "utf8");

/**
 * Reads a pair over and over, as an app that connects would: it is whole each time, and its user is there still. Every
 * pair that was seen.
 */
async function readThroughout(
  workspace: Workspace,
  world: VaultWorld,
  seconds: number,
): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    // Taken before: between it and the reading a user may go.
    const at = Date.now();
    const text = file(workspace, "pair");
    expect(text).toMatch(PAIR);
    expect(world.removedAt(text.split(":")[0] ?? "") ?? Infinity).toBeGreaterThan(at);
    seen.add(text);
    await sleep(20);
  }
  return seen;
}

/**
 * What a bound is held against: each time is spread over the interval, and a machine that has much else to do delays one
 * now and then, but hardly most of them.
 */
function medianOf(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Infinity;
}

/** An app that counts how often it is told. */
async function listeningApp() {
  const told: number[] = [];
  const app = createServer((_request, response) => {
    told.push(Date.now());
    response.writeHead(204).end();
  }).listen(0, "127.0.0.1");
  await once(app, "listening");
  onTestFinished(() => void app.close());
  return { told, url: `http://127.0.0.1:${(app.address() as AddressInfo).port}/reload` };
}

describe.runIf(server.available)("sluice sidecar beside a real server", () => {
  afterAll(server.stop);
  const { api } = server;

  // 40 seconds of 10-second leases; SLUICE_LONG_LEASES=1 takes two minutes.
  it("renews a lease, takes another before its maximum, and its file is never absent or invalid", async () => {
    const seconds = LONG ? 120 : 40;
    const world = await openVaultWorld(server, { ttl: 10, max_ttl: seconds - 10 });
    using workspace = world.workspace(plan(pairOf(world.creds)));
    const sidecar = startSidecar(workspace, ["--log-level", "debug"]);
    await sidecar.ready();
    const seen = await readThroughout(workspace, world, seconds);
    const renewed = sidecar.log().filter(({ msg }) => msg === "a lease was renewed");
    expect(renewed.length).toBeGreaterThanOrEqual(seconds / 10 - 1);
    expect(seen.size).toBe(2);
    expect(world.users().made).toBe(2);
    // The one that is held is given back at the end, the other is over.
    expect(await sidecar.stop()).toBe(0);
    expect(world.users()).toEqual({ made: 2, removed: 2 });
    for (const pair of seen) expect(sidecar.said()).not.toContain(pair.split(":")[1]);
  }, 240_000);

  it.each([
    ["is renewed until its maximum", { token_ttl: 15, token_max_ttl: 20 }],
    ["cannot be renewed", { token_ttl: 10, token_max_ttl: 10 }],
  ])(
    "logs in anew before its login ends, which %s, and takes other leases before they end with it",
    async (_, login) => {
      const world = await openVaultWorld(server, { ttl: 600, max_ttl: 3_600 }, login);
      using workspace = world.workspace(plan(pairOf(world.creds)));
      const sidecar = startSidecar(workspace);
      await sidecar.ready();
      // The first login is over by then.
      const seconds = login.token_max_ttl + 5;
      const seen = await readThroughout(workspace, world, seconds);
      const { made } = world.users();
      expect(seen.size).toBe(made);
      // One a login: of each, two thirds are used at the least.
      expect(made).toBeGreaterThanOrEqual(2);
      expect(made).toBeLessThanOrEqual(Math.ceil(seconds / (login.token_max_ttl * 0.6)));
      expect(await sidecar.stop()).toBe(0);
      expect(world.users().removed).toBe(made);
    },
    240_000,
  );

  it("brings a rotated value into its file, and tells the app once", async () => {
    const { told, url } = await listeningApp();
    const world = await openVaultWorld(server, { ttl: 60, max_ttl: 60 });
    await api("POST", "secret/data/rotated", { data: { password: "one", other: "same" } });
    await api("POST", "secret/data/still", { data: { a: "still" } });
    const notify = [{ do: "http", method: "POST", url }];
    using workspace = world.workspace(
      plan(
        raw("password", "secret://bao/secret/rotated#password", { notify }),
        raw("both", "${secret://bao/secret/rotated#password}/${secret://bao/secret/still#a}", { notify }),
        raw("still", "secret://bao/secret/still#a", {
          notify: [{ do: "http", method: "POST", url: `${url}/never` }],
        }),
      ),
    );
    const sidecar = startSidecar(workspace, ["--refresh", "3s"]);
    await sidecar.ready();
    const took: number[] = [];
    for (const [index, password] of ["two", "three", "four", "five", "six"].entries()) {
      await api("POST", "secret/data/rotated", { data: { password, other: "same" } });
      const rotatedAt = Date.now();
      await waitUntil("the app is told", () => told.length > index);
      took.push((told[index] ?? Infinity) - rotatedAt);
      expect([file(workspace, "password"), file(workspace, "both")]).toEqual([password, `${password}/still`]);
      expect(sidecar.said()).not.toContain(password);
    }
    expect(medianOf(took)).toBeLessThanOrEqual(3_000 + 2_000);
    expect(file(workspace, "still")).toBe("still");
    await sleep(1_500);
    expect(told).toHaveLength(5);
    expect(await sidecar.stop()).toBe(0);
  }, 120_000);

  it("survives an outage with the last good files, and is up to date soon after", async () => {
    const world = await openVaultWorld(server, { ttl: 4, max_ttl: 60 });
    await api("POST", "secret/data/outage", { data: { a: "before" } });
    await using proxy = await startTcpProxy(Number(new URL(server.address).port));
    const files = plan(raw("a", "secret://bao/secret/outage#a"), pairOf(world.creds));
    using workspace = world.workspace(files, `http://127.0.0.1:${proxy.port}`);
    const sidecar = startSidecar(workspace, ["--refresh", "2s"]);
    await sidecar.ready();
    const leasesLost = (): number => sidecar.log().filter(({ msg }) => msg === "a lease is over").length;
    const took: number[] = [];
    let last = { a: "before", pair: file(workspace, "pair") };
    for (const after of ["first", "second", "third"]) {
      const lost = leasesLost();
      proxy.admit = () => "reset";
      proxy.closeAll();
      await waitUntil("the lease is lost", () => leasesLost() > lost);
      expect({ a: file(workspace, "a"), pair: file(workspace, "pair") }).toEqual(last);
      await api("POST", "secret/data/outage", { data: { a: after } });
      if (LONG) await sleep(60_000);
      expect({ a: file(workspace, "a"), pair: file(workspace, "pair") }).toEqual(last);
      proxy.admit = () => "pass";
      const backAt = Date.now();
      await waitUntil(
        "everything is up to date",
        () => file(workspace, "a") === after && file(workspace, "pair") !== last.pair,
      );
      took.push(Date.now() - backAt);
      last = { a: after, pair: file(workspace, "pair") };
      expect(last.pair).toMatch(PAIR);
    }
    expect(medianOf(took)).toBeLessThanOrEqual(5_000);
    expect(await sidecar.stop()).toBe(0);
  }, 300_000);

  it("goes on with the lease of an init run, and with its own after it was killed", async () => {
    const world = await openVaultWorld(server, { ttl: 60, max_ttl: 3600 });
    using workspace = world.workspace(plan(pairOf(world.creds)));
    const config = JSON.parse(workspace.read("sluice.yaml")) as { stores: { bao: { session: object } } };
    config.stores.bao.session = { file: "state/session", keep: true };
    workspace.write("init.yaml", JSON.stringify(config));
    const init = startSidecar(workspace, ["--once", "--config", "init.yaml"]);
    await waitUntil("the init run ends", () => init.child.exitCode !== null);
    expect(init.child.exitCode).toBe(0);
    const pair = file(workspace, "pair");
    for (const name of ["state", "session"])
      expect(statSync(join(workspace.path, "state", name)).mode & 0o777).toBe(0o600);

    const first = startSidecar(workspace);
    await first.ready();
    await first.stop("SIGKILL");
    const second = startSidecar(workspace);
    await second.ready();
    expect(file(workspace, "pair")).toBe(pair);
    expect(world.users()).toEqual({ made: 1, removed: 0 });
    expect(await second.stop()).toBe(0);
    expect(world.users()).toEqual({ made: 1, removed: 1 });
  }, 120_000);

  it("ends with what is wrong when a secret cannot be had, and writes nothing", async () => {
    const world = await openVaultWorld(server, { ttl: 60, max_ttl: 60 });
    using workspace = world.workspace(plan(raw("a", "secret://bao/secret/nobody-has-it#a")));
    const sidecar = startSidecar(workspace);
    await waitUntil("it ends", () => sidecar.child.exitCode !== null);
    expect(sidecar.child.exitCode).toBe(66);
    expect(sidecar.said()).toContain("nobody-has-it");
    expect(() => file(workspace, "a")).toThrow("ENOENT");
  }, 60_000);

  it("serves its metrics only where it is told to", async () => {
    const world = await openVaultWorld(server, { ttl: 60, max_ttl: 60 });
    await api("POST", "secret/data/metrics", { data: { a: "x" } });
    using workspace = world.workspace(plan(raw("a", "secret://bao/secret/metrics#a"), pairOf(world.creds)));
    const probe = createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = probe.address() as AddressInfo;
    probe.close();
    const sidecar = startSidecar(workspace, ["--management", `127.0.0.1:${port}`]);
    await sidecar.ready();
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(text).toMatch(/sluice_sidecar_age_seconds\{store="bao"\} [\d.]+/);
    expect(text).toContain("sluice_sidecar_leases_held 1\n");
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    expect(await sidecar.stop()).toBe(0);
  }, 60_000);
});
