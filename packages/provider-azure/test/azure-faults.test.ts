import { inspect } from "node:util";
import { type Failure, SecretValue, StoreError } from "@sluice/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { refuse } from "../../../test/servers/azure-stand-in/answer.js";
import { type RunningStandIn, startStandIn } from "../../../test/servers/azure-stand-in/start-stand-in.js";
import { freePort } from "../../../test/servers/shared/free-port.js";
import { waitUntil } from "../../../test/servers/shared/wait-until.js";
import { azureKeyVault } from "../src/azure-key-vault.js";
import { call, contextOf, failed, openAzure, read, requestOf, textOf, workload, write } from "./support.js";

let server: RunningStandIn;
beforeAll(async () => {
  server = await startStandIn();
  await write(server, "plain", "canary-plain");
});
afterAll(async () => server.stop());
afterEach(() => {
  server.standIn.intercept = () => undefined;
});

describe("a vault that refuses", () => {
  it.each<[string, ReturnType<typeof refuse> & object, Partial<Failure>]>([
    ["rights", refuse(403, "Forbidden", "AccessDenied"), { status: "denied", reason: "AccessDenied" }],
    ["the network", refuse(403, "Forbidden", "ForbiddenByFirewall"), { status: "denied" }],
    ["a fault", refuse(503, "ServiceUnavailable"), { status: "unavailable", reason: "ServiceUnavailable" }],
    ["a bad request", refuse(400, "BadParameter"), { status: "invalid", reason: "BadParameter" }],
    [
      "too many calls",
      { ...refuse(429, "Throttled"), headers: { "retry-after": "7" } },
      { status: "throttled", retryAfterMs: 7000 },
    ],
    [
      "a redirection",
      { status: 302, body: {}, headers: { location: "/secrets/other" } },
      { status: "unavailable", reason: "not-a-key-vault" },
    ],
    ["no Key Vault", { status: 404, body: {} }, { status: "unavailable", reason: "not-a-key-vault" }],
  ])("for %s is asked once, and quoted nowhere", async (_, answer, expected) => {
    const azure = openAzure(server);
    await read(azure, "plain");
    server.standIn.intercept = () => ({
      ...answer,
      body: { ...(answer.body as object), note: "canary-answer" },
    });
    const before = server.standIn.seen.length;
    const outcome = await read(azure, "plain");
    expect(outcome).toMatchObject(expected);
    expect(server.standIn.seen.length - before).toBe(1);
    expect(inspect(outcome, { depth: 9 })).not.toContain("canary");
  });

  it("to list makes the listing fail, and the check warn", async () => {
    const azure = openAzure(server);
    server.standIn.intercept = ({ path }) =>
      path === "/secrets" ? refuse(403, "Forbidden", "ForbiddenByRbac") : undefined;
    const listing = Array.fromAsync(azure.list({}, contextOf()));
    await expect(listing).rejects.toSatisfy((error) => StoreError.isInstance(error));
    const { findings } = await azure.check(contextOf());
    expect(findings.at(-1)).toMatchObject({ aspect: "list", status: "warning" });
  });

  it("breaks a listing off after its first page", async () => {
    for (let index = 0; index < 30; index++) await call(server, "PUT", `/secrets/s-${index}`, { value: "x" });
    server.standIn.intercept = ({ query }) =>
      query.has("$skiptoken") ? refuse(500, "InternalError") : undefined;
    const listing = Array.fromAsync(openAzure(server).list({ prefix: "s" }, contextOf()));
    await expect(listing).rejects.toSatisfy((error) => StoreError.isInstance(error));
  });
});

describe("a login", () => {
  const application = { tenantId: "stand-in", clientId: "web" };

  it("that is refused is denied, and the client secret quoted nowhere", async () => {
    const azure = openAzure(server, { auth: { clientSecret: { ...application, variable: "WRONG" } } });
    const outcome = await read(azure, "plain");
    expect(outcome).toMatchObject({ status: "denied", reason: "invalid_client" });
    expect(inspect(outcome, { depth: 9 })).not.toContain("canary");
    const { findings } = await azure.check(contextOf());
    expect(findings).toMatchObject([{ aspect: "authenticated", status: "failed" }]);
  });

  it("without its secret is denied before anything is sent", async () => {
    const { logins } = server.standIn.login;
    for (const source of [{ variable: "ABSENT" }, { file: "/absent" }]) {
      const azure = openAzure(server, { auth: { clientSecret: { ...application, ...source } } });
      expect(await read(azure, "plain")).toMatchObject({ reason: "credential-unavailable" });
    }
    expect(server.standIn.login.logins).toBe(logins);
  });

  it("happens once for concurrent and later reads", async () => {
    const azure = openAzure(server);
    const { logins } = server.standIn.login;
    await Promise.all(Array.from({ length: 5 }, async () => read(azure, "plain")));
    await read(azure, "plain");
    expect(server.standIn.login.logins - logins).toBeLessThanOrEqual(1);
  });

  it("that cannot be reached is unavailable", async () => {
    const away = { ...server, authority: `https://127.0.0.1:${await freePort()}` };
    expect(await read(openAzure(away), "plain")).toMatchObject({
      status: "unavailable",
      reason: "login-unreachable",
    });
  });

  it("keeps its token from a server that is no Key Vault", async () => {
    const { logins } = server.standIn.login;
    const store = azureKeyVault({
      url: server.address,
      caFile: server.caFile,
      auth: { clientSecret: { ...application, variable: "SECRET" } },
    });
    const azure = store.create({ store: "azure", baseDirectory: "/", environment: { SECRET: "x" } });
    expect(await read(azure, "plain")).toMatchObject({ status: "denied", reason: "challenge-mismatch" });
    expect(server.standIn.login.logins).toBe(logins);
  });
});

describe("a workload", () => {
  it("sees its own secrets and no others', also at the same time", async () => {
    const azure = openAzure(server);
    for (const name of ["one", "two"]) {
      server.standIn.owners.set(`of-${name}`, `workload:${name}`);
      await write(server, `of-${name}`, `text of ${name}`);
    }
    const as = async (name: string, path: string) =>
      read(azure, path, {}, contextOf({ identity: workload(name) }));
    const [own, other, others] = await Promise.all([
      as("one", "of-one"),
      as("one", "of-two"),
      as("two", "of-two"),
    ]);
    expect(textOf(own)).toBe("text of one");
    expect(failed(other)).toMatchObject({ status: "denied" });
    expect(textOf(others)).toBe("text of two");
    expect(await read(azure, "of-one")).toMatchObject({ status: "denied" });
  });

  it("whose token cannot be had is denied", async () => {
    const identity = {
      ...workload("x"),
      getToken: async (): Promise<string> => Promise.reject(new Error("canary-token")),
    };
    const outcome = await read(openAzure(server), "plain", {}, contextOf({ identity }));
    expect(outcome).toMatchObject({ status: "denied" });
    expect(inspect(outcome)).not.toContain("canary");
  });
});

describe("time", () => {
  it("a server that cannot be reached is unavailable at once", async () => {
    const away = { ...server, address: `https://127.0.0.1:${await freePort()}` };
    const begun = Date.now();
    const azure = openAzure(away);
    expect(await read(azure, "plain")).toMatchObject({ status: "unavailable", reason: "ECONNREFUSED" });
    expect(Date.now() - begun).toBeLessThan(5000);
    const { findings } = await azure.check(contextOf());
    expect(findings).toMatchObject([{ aspect: "reachable", status: "failed" }]);
  });

  it("a certificate that is not trusted is told of", async () => {
    const { caFile: _, ...untrusted } = server;
    expect(await read(openAzure(untrusted), "plain")).toMatchObject({
      status: "unavailable",
      message: "cannot be asked for: the server's certificate is not trusted",
    });
  });

  it("every verb stops when its signal aborts, with the signal's reason", async () => {
    const azure = openAzure(server);
    await read(azure, "plain");
    server.standIn.intercept = () => "hang";
    const value = SecretValue.fromText("x");
    const verbs = [
      async (signal: AbortSignal) => azure.resolve([requestOf("plain")], contextOf({ signal })),
      async (signal: AbortSignal) => Array.fromAsync(azure.list({}, contextOf({ signal }))),
      async (signal: AbortSignal) => azure.put({ path: "plain", value }, contextOf({ signal })),
      async (signal: AbortSignal) => azure.delete({ path: "plain" }, contextOf({ signal })),
      async (signal: AbortSignal) => azure.check(contextOf({ signal })),
    ];
    for (const verb of verbs) {
      const reason = new Error("enough");
      await expect(verb(AbortSignal.abort(reason))).rejects.toBe(reason);
      const controller = new AbortController();
      const call = verb(controller.signal);
      await waitUntil("the call arrives", () => server.standIn.underWay > 0, { intervalMs: 5 });
      controller.abort(reason);
      await expect(call).rejects.toBe(reason);
      await waitUntil("the call is given up", () => server.standIn.underWay === 0, { timeoutMs: 2000 });
    }
    server.standIn.intercept = () => undefined;
    expect(textOf(await read(azure, "plain"))).toBe("canary-plain");
  });
});
