import { afterAll, describe, expect, it } from "vitest";
import { realVault } from "../../../packages/provider-vault/test/real-vault.js";
import { freePort } from "../../servers/shared/free-port.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { askLocally as ask, type Said } from "./ask-locally.js";
import { startSidecar } from "./sidecar-process.js";
import { openVaultWorld } from "./vault-world.js";

const server = await realVault();

describe.runIf(server.available)("the cache of a sidecar's gateway", () => {
  afterAll(server.stop);

  async function started(args: readonly string[] = ["--gateway-cache"]) {
    const world = await openVaultWorld(server, { ttl: 600, max_ttl: 600 });
    const workspace = world.workspace({ roots: ["ROOT"], files: [] });
    const port = await freePort();
    const sidecar = startSidecar(workspace, ["--gateway", `bao:${port}`, ...args]);
    await sidecar.ready();
    const { stores } = JSON.parse(workspace.read("sluice.yaml")) as {
      stores: { bao: { auth: { userpass: { username: string } } } };
    };
    return {
      world,
      sidecar,
      user: stores.bao.auth.userpass.username,
      ask: async (path: string, more?: Parameters<typeof ask>[2]) => ask(port, `/v1/${path}`, more),
      issued: async (headers: object = {}) => ask(port, `/v1/${world.creds}`, { headers }),
      [Symbol.dispose]: () => workspace[Symbol.dispose](),
    };
  }

  const nameIn = ({ status, body }: Said): string => {
    expect(status).toBe(200);
    return (body["data"] as { readonly username: string }).username;
  };

  it("gives the same user to who asks again, and another after a revocation through it", async () => {
    using running = await started();
    const { world, issued } = running;
    const all = await Promise.all(Array.from({ length: 5 }, async () => issued()));
    const [first] = all as [Said, ...Said[]];
    expect(new Set(all.map(nameIn)).size).toBe(1);
    const again = await issued();
    expect(nameIn(again)).toBe(nameIn(first));
    expect(again.headers).toMatchObject({ "x-cache": "HIT", age: expect.stringMatching(/^\d+$/) as string });
    expect(again.body["lease_duration"]).toBeLessThanOrEqual(600);
    expect(world.users().made).toBe(1);

    const asRoot = { "x-vault-token": server.token };
    const body = { lease_id: first.body["lease_id"] };
    const revoked = await running.ask("sys/leases/revoke", { method: "PUT", body, headers: asRoot });
    expect(revoked.status).toBe(204);
    const other = await issued();
    expect(other.headers["x-cache"]).toBe("MISS");
    expect(nameIn(other)).not.toBe(nameIn(first));
    expect(world.users().made).toBe(2);

    expect(await running.sidecar.stop()).toBe(0);
    await waitUntil("its token's end ended both", () => world.users().removed === 2);
  });

  it("never gives to one token what another one has", async () => {
    using running = await started();
    const { world, issued, user } = running;
    const own = nameIn(await issued());
    const login = { method: "POST", body: { password: user } };
    const tokenOf = ({ body }: Said): string =>
      (body["auth"] as { readonly client_token: string }).client_token;
    const token = tokenOf(await running.ask(`auth/userpass/login/${user}`, login));
    // A login is kept as well, and what is issued to its token.
    const once = await running.ask(`auth/userpass/login/${user}`, login);
    expect(once.headers["x-cache"]).toBe("HIT");
    expect(tokenOf(once)).toBe(token);
    const shown = { "x-vault-token": token };
    const theirs = nameIn(await issued(shown));
    expect(nameIn(await issued(shown))).toBe(theirs);
    expect(theirs).not.toBe(own);
    // Of a token that did not come through us, nothing is.
    const asRoot = { "x-vault-token": server.token };
    const roots = [nameIn(await issued(asRoot)), nameIn(await issued(asRoot))];
    expect(new Set([own, theirs, ...roots]).size).toBe(4);
    expect((await issued({ "x-vault-token": "hvs.nobodys" })).status).toBe(403);
    expect(nameIn(await issued())).toBe(own);
    expect(world.users().made).toBe(4);
    // With the token ends what it has.
    const ended = await running.ask("auth/token/revoke-self", { method: "PUT", headers: shown });
    expect(ended.status).toBe(204);
    expect((await issued(shown)).status).toBe(403);
    expect(nameIn(await issued())).toBe(own);
    expect(await running.sidecar.stop()).toBe(0);
  });

  it("forgets what its own token had when that is another one, and keeps no static secret", async () => {
    await server.api("POST", "secret/data/cached", { data: { a: "1" } });
    using running = await started();
    const { world, issued } = running;
    const first = nameIn(await issued());
    expect((await running.ask("secret/data/cached")).status).toBe(200);
    await server.api("POST", "secret/data/cached", { data: { a: "2" } });
    const read = await running.ask("secret/data/cached");
    expect(read).toMatchObject({ headers: { "x-cache": "MISS" }, body: { data: { data: { a: "2" } } } });
    // Not through it: it sees it when the server refuses the token.
    await server.api("PUT", "sys/leases/revoke-prefix/auth/userpass");
    await waitUntil(
      "it has another token",
      async () => (await running.ask("secret/data/cached")).status === 200,
    );
    expect(nameIn(await issued())).not.toBe(first);
    expect(world.users().made).toBe(2);
    expect(await running.sidecar.stop()).toBe(0);
  });

  it("counts, and tells no value", async () => {
    const port = await freePort();
    using running = await started([
      "--gateway-cache",
      "--management",
      `127.0.0.1:${port}`,
      "--log-level",
      "debug",
    ]);
    const { issued } = running;
    const { password } = (await issued()).body["data"] as { readonly password: string };
    for (let n = 0; n < 3; n += 1) await issued();
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(metrics).toContain('sluice_sidecar_gateway_answers_total{cache="miss"} 1');
    expect(metrics).toContain('sluice_sidecar_gateway_answers_total{cache="hit"} 3');
    expect(await running.sidecar.stop()).toBe(0);
    expect(password).toMatch(/.{8}/);
    expect(metrics + running.sidecar.said()).not.toContain(password);
  });

  it("is none without its flag: each request makes one", async () => {
    using running = await started([]);
    const { world, issued } = running;
    const [one, two] = [await issued(), await issued()];
    expect(nameIn(one)).not.toBe(nameIn(two));
    expect(one.headers).not.toHaveProperty("x-cache");
    expect(world.users().made).toBe(2);
    expect(await running.sidecar.stop()).toBe(0);
  });

  it("is for a gateway", async () => {
    const world = await openVaultWorld(server, { ttl: 600, max_ttl: 600 });
    using workspace = world.workspace({ roots: ["ROOT"], files: [] });
    const sidecar = startSidecar(workspace, ["--gateway-cache"]);
    await waitUntil("it has ended", () => sidecar.child.exitCode !== null);
    expect(sidecar.child.exitCode).not.toBe(0);
    expect(sidecar.said()).toContain("Give --gateway too");
  });
});
