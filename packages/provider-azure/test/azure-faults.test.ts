import { inspect } from "node:util";
import { type Failure, SecretValue, StoreError } from "@sluice/core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { describeOnKeyVault } from "../../../test/servers/key-vault-suite.js";
import { freePort } from "../../../test/servers/shared/free-port.js";
import { waitUntil } from "../../../test/servers/shared/wait-until.js";
import type { AzureServer } from "../../../test/servers/key-vault.js";
import type { Fault } from "../../../test/servers/key-vault-settings.js";
import { azureKeyVault } from "../src/azure-key-vault.js";
import { createAzureProvider } from "../src/azure-provider.js";
import { ENVIRONMENT, EVERYTHING, registerWeb, TENANT, trusting, WEB, workload } from "./applications.js";
import { call, write } from "./call.js";
import { refusal } from "./refusal.js";
import { contextOf, failed, openAzure, read, requestOf, textOf, trustOf } from "./support.js";

/** The same server, as plain data. */
const here = ({ kind, address, token, detour }: AzureServer): AzureServer => ({
  kind,
  address,
  token,
  ...(detour && { detour }),
  stop: async () => undefined,
});

await describeOnKeyVault("Azure", (server) => {
  beforeAll(async () => {
    await registerWeb(server);
    await write(server, "plain", "canary-plain");
  });
  afterEach(async () => server.fail());

  const callsOf = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
    const before = (await server.state()).calls.length;
    await work();
    return (await server.state()).calls.slice(before);
  };
  const loginsOf = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
    const before = (await server.state()).logins.length;
    await work();
    return (await server.state()).logins.slice(before);
  };

  describe("a vault that refuses", () => {
    it.each<[string, Omit<Fault, "match">, Partial<Failure>]>([
      ["rights", refusal(403, "Forbidden", "AccessDenied"), { status: "denied", reason: "AccessDenied" }],
      ["the network", refusal(403, "Forbidden", "ForbiddenByFirewall"), { status: "denied" }],
      [
        "a fault",
        refusal(503, "ServiceUnavailable"),
        { status: "unavailable", reason: "ServiceUnavailable" },
      ],
      ["a bad request", refusal(400, "BadParameter"), { status: "invalid", reason: "BadParameter" }],
      [
        "too many calls",
        { ...refusal(429, "Throttled"), headers: { "retry-after": "7" } },
        { status: "throttled", retryAfterMs: 7000 },
      ],
      [
        "a redirection",
        { status: 302, body: { note: "canary" }, headers: { location: "/secrets/other" } },
        { status: "unavailable", reason: "not-a-key-vault" },
      ],
      [
        "no Key Vault",
        { status: 404, body: { note: "canary" } },
        { status: "unavailable", reason: "not-a-key-vault" },
      ],
    ])("for %s is asked once, and quoted nowhere", async (_, answer, expected) => {
      const azure = openAzure(server);
      await read(azure, "plain");
      await server.fail({ match: ".", ...answer });
      let outcome;
      expect(await callsOf(async () => (outcome = await read(azure, "plain")))).toHaveLength(1);
      expect(outcome).toMatchObject(expected);
      expect(inspect(outcome, { depth: 9 })).not.toContain("canary");
    });

    it("to list makes the listing fail, and the check warn", async () => {
      const azure = openAzure(server);
      await server.fail({ match: "^GET /secrets[?]", ...refusal(403, "Forbidden", "ForbiddenByRbac") });
      const listing = Array.fromAsync(azure.list({}, contextOf()));
      await expect(listing).rejects.toSatisfy((error) => StoreError.isInstance(error));
      const { findings } = await azure.check(contextOf());
      expect(findings.at(-1)).toMatchObject({ aspect: "list", status: "warning" });
    });

    it("breaks a listing off after its first page", async () => {
      for (let index = 0; index < 30; index++)
        await call(server, "PUT", `/secrets/s-${index}`, { value: "x" });
      await server.fail({ match: "skiptoken", ...refusal(500, "InternalServerError") });
      const listing = Array.fromAsync(openAzure(server).list({ prefix: "s" }, contextOf()));
      await expect(listing).rejects.toSatisfy((error) => StoreError.isInstance(error));
    });
  });

  describe("a login", () => {
    const application = { tenantId: TENANT, clientId: WEB };

    it("that is refused is denied, and the client secret quoted nowhere", async () => {
      const azure = openAzure(server, { auth: { clientSecret: { ...application, variable: "WRONG" } } });
      const outcome = await read(azure, "plain");
      expect(outcome).toMatchObject({ status: "denied", reason: "invalid_client" });
      expect(inspect(outcome, { depth: 9 })).not.toContain("canary");
      const { findings } = await azure.check(contextOf());
      expect(findings).toMatchObject([{ aspect: "authenticated", status: "failed" }]);
    });

    it("without its secret is denied before anything is sent", async () => {
      const logins = await loginsOf(async () => {
        for (const source of [{ variable: "ABSENT" }, { file: "/absent" }]) {
          const azure = openAzure(server, { auth: { clientSecret: { ...application, ...source } } });
          expect(await read(azure, "plain")).toMatchObject({ reason: "credential-unavailable" });
        }
      });
      expect(logins).toEqual([]);
    });

    it("happens once for concurrent and later reads", async () => {
      const azure = openAzure(server);
      const logins = await loginsOf(async () => {
        await Promise.all(Array.from({ length: 5 }, async () => read(azure, "plain")));
        await read(azure, "plain");
      });
      expect(logins).toEqual([WEB]);
    });

    it("happens anew when its token ends", async () => {
      const clientId = "short-lived";
      await server.register({ clientId, secret: ENVIRONMENT.SECRET, tokenSeconds: 5 });
      await server.grant({ [WEB]: EVERYTHING, [clientId]: EVERYTHING });
      const clientSecret = { ...application, clientId, variable: "SECRET" };
      const azure = openAzure(server, { auth: { clientSecret } });
      expect(textOf(await read(azure, "plain"))).toBe("canary-plain");
      await new Promise((done) => setTimeout(done, 5100));
      const logins = await loginsOf(async () =>
        expect(textOf(await read(azure, "plain"))).toBe("canary-plain"),
      );
      expect(logins).toEqual([clientId]);
    });

    it("that cannot be reached is unavailable", async () => {
      const away = { ...server.detour, port: await freePort() };
      const azure = openAzure({ ...here(server), detour: away });
      expect(await read(azure, "plain")).toMatchObject({ status: "unavailable" });
      const { findings } = await azure.check(contextOf());
      expect(findings).toMatchObject([{ aspect: "reachable", status: "failed" }]);
    });

    it("keeps its token from a server that is no Key Vault", async () => {
      const store = azureKeyVault({
        url: server.loopback,
        caFile: server.caFile,
        auth: { clientSecret: { ...application, variable: "SECRET" } },
      });
      const azure = store.create({ store: "azure", baseDirectory: "/", environment: { SECRET: "x" } });
      const logins = await loginsOf(async () =>
        expect(await read(azure, "plain")).toMatchObject({ status: "denied", reason: "challenge-mismatch" }),
      );
      expect(logins).toEqual([]);
    });
  });

  describe("a token", () => {
    const readWith = async (token: string) => {
      const getToken = async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 });
      const trust = { ...trustOf(server), credential: { getToken } };
      const dependencies = { store: "azure", baseDirectory: "/", environment: {} };
      return read(createAzureProvider({ url: server.address }, dependencies, trust), "plain");
    };
    const granted = { vault: server.host, clientId: WEB, seconds: 3600 };

    it.each<[string, Parameters<typeof server.tokenFor>[0]]>([
      ["has expired", { ...granted, seconds: -600 }],
      ["is for another audience", { ...granted, audience: "https://graph.microsoft.com" }],
      ["is of another cloud", { ...granted, vault: "sluice.vault.azure.cn" }],
    ])("that %s is refused", async (_, wanted) => {
      const outcome = await readWith(await server.tokenFor(wanted));
      expect(outcome).toMatchObject({ status: "denied", reason: "Unauthorized" });
    });

    it("that somebody changed is refused, and the one before is not", async () => {
      const token = await server.tokenFor(granted);
      expect(textOf(await readWith(token))).toBe("canary-plain");
      const [head, claims = "", signature] = token.split(".");
      const changed = Buffer.from(claims, "base64url")
        .toString()
        .replace(WEB, "00000000-0000-0000-0000-000000000000");
      const forged = [head, Buffer.from(changed).toString("base64url"), signature].join(".");
      expect(await readWith(forged)).toMatchObject({ status: "denied", reason: "Unauthorized" });
    });
  });

  describe("rights", () => {
    it.each([
      ["roles", true, "ForbiddenByRbac"],
      ["access policies", false, "AccessDenied"],
    ])("that %s do not give are told as such", async (_, rbac, reason) => {
      const host = `rights-${rbac ? "roles" : "policies"}.vault.azure.net`;
      const vault = await server.at(host);
      await write(vault, "hidden", "canary-hidden");
      await write(vault, "shown", "text");
      const rules = [{ kind: "secrets", permissions: ["get"], names: ["shown"] }] as const;
      await server.grant({ [WEB]: rules }, host, rbac);
      const azure = openAzure(vault);
      expect(textOf(await read(azure, "shown"))).toBe("text");
      for (const path of ["hidden", "absent", "certificates/shown", "keys/shown"])
        expect(await read(azure, path)).toMatchObject({ status: "denied", reason });
      const value = SecretValue.fromText("x");
      expect(await azure.put({ path: "shown", value }, contextOf())).toMatchObject({
        status: "denied",
        reason,
      });
      expect(await azure.delete({ path: "shown" }, contextOf())).toMatchObject({ status: "denied", reason });
      const { findings } = await azure.check(contextOf());
      expect(findings.at(-1)).toMatchObject({ aspect: "list", status: "warning" });
    });
  });

  describe("a workload", () => {
    it("sees its own secrets and no others', also at the same time", async () => {
      const clientIds = { one: "application-of-one", two: "application-of-two" };
      for (const name of ["one", "two"] as const) {
        await server.register({ clientId: clientIds[name], federated: [trusting(`workload:${name}`)] });
        await write(server, `of-${name}`, `text of ${name}`);
      }
      const only = (name: string) => [{ kind: "secrets", permissions: ["get"], names: [name] }] as const;
      await server.grant({
        [WEB]: EVERYTHING,
        [clientIds.one]: only("of-one"),
        [clientIds.two]: only("of-two"),
      });
      const azure = openAzure(server, { delegation: { tenantId: TENANT, clientIds } });
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
    });

    it("is refused where no application is named for it, or its application does not trust it", async () => {
      const clientIds = { known: "application-of-another" };
      await server.register({ clientId: clientIds.known, federated: [trusting("workload:another")] });
      const azure = openAzure(server, { delegation: { tenantId: TENANT, clientIds } });
      const as = async (name: string) => read(azure, "plain", {}, contextOf({ identity: workload(name) }));
      expect(await as("unknown")).toMatchObject({ status: "invalid", reason: "delegation-unconfigured" });
      expect(await as("known")).toMatchObject({ status: "denied", reason: "invalid_client" });
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
      const begun = Date.now();
      const azure = openAzure({ ...here(server), address: `https://127.0.0.1:${await freePort()}` });
      expect(await read(azure, "plain")).toMatchObject({ status: "unavailable", reason: "ECONNREFUSED" });
      expect(Date.now() - begun).toBeLessThan(5000);
      const { findings } = await azure.check(contextOf());
      expect(findings).toMatchObject([{ aspect: "reachable", status: "failed" }]);
    });

    it("a certificate that is not trusted is told of", async () => {
      const azure = openAzure({
        kind: "running",
        address: server.loopback,
        token: "x",
        stop: async () => {},
      });
      expect(await read(azure, "plain")).toMatchObject({
        status: "unavailable",
        message: "cannot be asked for: the server's certificate is not trusted",
      });
    });

    it("a listing stops on whichever page its signal aborts", async () => {
      for (let index = 0; index < 30; index++)
        await call(server, "PUT", `/secrets/p-${index}`, { value: "x" });
      await server.fail({ match: "skiptoken", hang: true });
      const [reason, controller] = [new Error("enough"), new AbortController()];
      const pages: unknown[] = [];
      const listing = (async () => {
        const { signal } = controller;
        for await (const page of openAzure(server).list({}, contextOf({ signal }))) pages.push(page);
      })();
      const settled = Promise.allSettled([listing]);
      await waitUntil("the second page is asked for", async () => (await server.state()).underWay > 0);
      controller.abort(reason);
      expect(await settled).toEqual([{ status: "rejected", reason }]);
      expect(pages).toHaveLength(1);
      await waitUntil("the call is given up", async () => (await server.state()).underWay === 0, {
        timeoutMs: 2000,
      });
    });

    it("every verb stops when its signal aborts, with the signal's reason", async () => {
      const azure = openAzure(server);
      await read(azure, "plain");
      await server.fail({ match: ".", hang: true });
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
        await waitUntil("the call arrives", async () => (await server.state()).underWay > 0, {
          intervalMs: 5,
        });
        controller.abort(reason);
        await expect(call).rejects.toBe(reason);
        await waitUntil("the call is given up", async () => (await server.state()).underWay === 0, {
          timeoutMs: 2000,
        });
      }
      await server.fail();
      expect(textOf(await read(azure, "plain"))).toBe("canary-plain");
    });
  });
});
