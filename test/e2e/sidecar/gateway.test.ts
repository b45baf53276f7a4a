import { CommunicationProtocolEnum, DaprClient } from "@dapr/dapr";
import { afterAll, describe, expect, it } from "vitest";
import { realVault } from "../../../packages/provider-vault/test/real-vault.js";
import { freePort } from "../../servers/shared/free-port.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { askLocally as ask } from "./ask-locally.js";
import { startSidecar } from "./sidecar-process.js";
import { openVaultWorld } from "./vault-world.js";

const server = await realVault();

describe.runIf(server.available)("local APIs of sluice sidecar", () => {
  afterAll(server.stop);
  const { api } = server;

  /** A sidecar without files, for its local APIs. */
  async function started(args: readonly string[], config: object = {}) {
    const world = await openVaultWorld(server, { ttl: 60, max_ttl: 60 });
    const workspace = world.workspace({ roots: ["ROOT"], files: [] });
    const written = JSON.parse(workspace.read("sluice.yaml")) as { stores: object };
    workspace.write("sluice.yaml", JSON.stringify({ stores: { ...written.stores, ...config } }));
    const sidecar = startSidecar(workspace, args);
    await sidecar.ready();
    return { world, workspace, sidecar, [Symbol.dispose]: () => workspace[Symbol.dispose]() };
  }

  it("hands requests on to the server, logged in, and adds nothing where it must not", async () => {
    await api("POST", "secret/data/gateway", { data: { a: "through" } });
    const port = await freePort();
    using running = await started(["--gateway", `bao:${port}`]);
    const read = await ask(port, "/v1/secret/data/gateway");
    expect(read).toMatchObject({ status: 200, body: { data: { data: { a: "through" } } } });
    // What the token may not do, and what somebody else's may not.
    expect((await ask(port, "/v1/secret/data/gateway", { method: "POST", body: { data: {} } })).status).toBe(
      403,
    );
    const foreign = { headers: { "x-vault-token": "hvs.nobodys" } };
    expect((await ask(port, "/v1/secret/data/gateway", foreign)).status).toBe(403);
    const own = {
      headers: { "x-vault-token": server.token },
      method: "POST",
      body: { data: { a: "written" } },
    };
    expect((await ask(port, "/v1/secret/data/gateway", own)).status).toBe(200);
    expect(await ask(port, "/v1/sys/health")).toMatchObject({ status: 200, body: { initialized: true } });
    expect((await ask(port, `/v1/${running.world.creds}`)).body).toMatchObject({
      data: { username: expect.any(String) as string },
    });
    expect(await running.sidecar.stop()).toBe(0);
  });

  it("tells nobody of its token, and answers nobody who was led here by a name", async () => {
    const port = await freePort();
    using running = await started(["--gateway", `bao:${port}:always`]);
    for (const path of [
      "auth/token/lookup-self",
      "auth/token/create",
      "auth/token/revoke-self?a=b",
      "auth/token/%6cookup-self",
      "%61uth/token/lookup-self",
      "auth%2ftoken%2flookup-self",
      "space/auth/token/lookup-self",
      "auth//token/./lookup-self",
      "x/../auth/token/lookup-self",
      "auth/token/%zz",
    ]) {
      const { status, body } = await ask(port, `/v1/${path}`);
      expect(status).toBe(403);
      expect(JSON.stringify(body)).toContain("its token");
    }
    const led = await ask(port, "/v1/secret/data/gateway", { headers: { host: "attacker.example" } });
    expect(led.status).toBe(421);
    expect(await running.sidecar.stop()).toBe(0);
  });

  it("logs in again when its token was revoked", async () => {
    await api("POST", "secret/data/again", { data: { a: "still" } });
    const port = await freePort();
    using running = await started(["--gateway", `bao:${port}`]);
    expect((await ask(port, "/v1/secret/data/again")).status).toBe(200);
    await api("PUT", "sys/leases/revoke-prefix/auth/userpass");
    await waitUntil(
      "it has another token",
      async () => (await ask(port, "/v1/secret/data/again")).status === 200,
    );
    expect(await running.sidecar.stop()).toBe(0);
  });

  it("gives a secret and a bulk to a client of Dapr", async () => {
    const port = await freePort();
    using running = await started(["--dapr", String(port)], {
      env: { provider: "file", path: "./secrets.env" },
    });
    running.workspace.write("secrets.env", "KEY=value\nOTHER=thing\n");
    await api("POST", "secret/data/dapr", { data: { user: "u", password: "p" } });
    const client = new DaprClient({
      daprHost: "127.0.0.1",
      daprPort: String(port),
      communicationProtocol: CommunicationProtocolEnum.HTTP,
    });
    expect(await client.secret.get("bao", "secret/dapr")).toEqual({ user: "u", password: "p" });
    expect(await client.secret.get("env", "KEY")).toEqual({ KEY: "value" });
    expect(await client.secret.getBulk("env")).toEqual({ KEY: { KEY: "value" }, OTHER: { OTHER: "thing" } });
    expect(await client.metadata.get()).toMatchObject({ id: "sluice", actors: [], components: [] });
    await client.stop();
    expect((await ask(port, "/v1.0/secrets/env/NONE")).status).toBe(204);
    expect(await ask(port, "/v1.0/secrets/nowhere/KEY")).toMatchObject({
      status: 400,
      body: { errorCode: "ERR_SECRET_STORE_NOT_FOUND" },
    });
    expect((await ask(port, "/v1.0/secrets/nowhere/bulk")).status).toBe(400);
    // The user may read secrets and list none.
    expect(await ask(port, "/v1.0/secrets/bao/bulk")).toMatchObject({
      status: 403,
      body: { errorCode: "ERR_PERMISSION_DENIED", message: expect.any(String) as string },
    });
    expect((await ask(port, "/v1.0/state/x")).status).toBe(404);
    expect(await running.sidecar.stop()).toBe(0);
  });
});
