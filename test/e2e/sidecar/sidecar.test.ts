import { statSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { realVault } from "../../../packages/provider-vault/test/real-vault.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { fileOf, pairOf, planOf, raw } from "./files-plan.js";
import { medianOf } from "./median.js";
import { startSidecar } from "./sidecar-process.js";
import { openVaultWorld } from "./vault-world.js";

const server = await realVault();

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

  it("brings a rotated value into its file, and tells the app once", async () => {
    const { told, url } = await listeningApp();
    const world = await openVaultWorld(server, { ttl: 60, max_ttl: 60 });
    await api("POST", "secret/data/rotated", { data: { password: "one", other: "same" } });
    await api("POST", "secret/data/still", { data: { a: "still" } });
    const notify = [{ do: "http", method: "POST", url }];
    using workspace = world.workspace(
      planOf(
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
      expect([fileOf(workspace, "password"), fileOf(workspace, "both")]).toEqual([
        password,
        `${password}/still`,
      ]);
      expect(sidecar.said()).not.toContain(password);
    }
    expect(medianOf(took)).toBeLessThanOrEqual(3_000 + 2_000);
    expect(fileOf(workspace, "still")).toBe("still");
    await sleep(1_500);
    expect(told).toHaveLength(5);
    expect(await sidecar.stop()).toBe(0);
  }, 120_000);

  it("goes on with the lease of an init run, and with its own after it was killed", async () => {
    const world = await openVaultWorld(server, { ttl: 60, max_ttl: 3600 });
    using workspace = world.workspace(planOf(pairOf(world.creds)));
    const config = JSON.parse(workspace.read("sluice.yaml")) as { stores: { bao: { session: object } } };
    config.stores.bao.session = { file: "state/session", keep: true };
    workspace.write("init.yaml", JSON.stringify(config));
    const init = startSidecar(workspace, ["--once", "--config", "init.yaml"]);
    await waitUntil("the init run ends", () => init.child.exitCode !== null);
    expect(init.child.exitCode).toBe(0);
    const pair = fileOf(workspace, "pair");
    for (const name of ["state", "session"])
      expect(statSync(join(workspace.path, "state", name)).mode & 0o777).toBe(0o600);

    const first = startSidecar(workspace);
    await first.ready();
    await first.stop("SIGKILL");
    const second = startSidecar(workspace);
    await second.ready();
    expect(fileOf(workspace, "pair")).toBe(pair);
    expect(world.users()).toEqual({ made: 1, removed: 0 });
    expect(await second.stop()).toBe(0);
    expect(world.users()).toEqual({ made: 1, removed: 1 });
  }, 120_000);

  it("ends with what is wrong when a secret cannot be had, and writes nothing", async () => {
    const world = await openVaultWorld(server, { ttl: 60, max_ttl: 60 });
    using workspace = world.workspace(planOf(raw("a", "secret://bao/secret/nobody-has-it#a")));
    const sidecar = startSidecar(workspace);
    await waitUntil("it ends", () => sidecar.child.exitCode !== null);
    expect(sidecar.child.exitCode).toBe(66);
    expect(sidecar.said()).toContain("nobody-has-it");
    expect(() => fileOf(workspace, "a")).toThrow("ENOENT");
  }, 60_000);

  it("serves its metrics only where it is told to", async () => {
    const world = await openVaultWorld(server, { ttl: 60, max_ttl: 60 });
    await api("POST", "secret/data/metrics", { data: { a: "x" } });
    using workspace = world.workspace(planOf(raw("a", "secret://bao/secret/metrics#a"), pairOf(world.creds)));
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
