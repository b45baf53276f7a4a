import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { HttpClient } from "@azure/core-rest-pipeline";
import { type PutOutcome, SecretValue } from "@sluice/core";
import { beforeAll, expect, it } from "vitest";
import { describeOnKeyVault } from "../../../test/servers/key-vault-suite.js";
import { createAzureProvider } from "../src/azure-provider.js";
import {
  CLIENT_SECRET,
  ENVIRONMENT,
  EVERYTHING,
  registerWeb,
  TENANT,
  WEB,
  WEB_SECRET,
} from "./applications.js";
import { call, write } from "./call.js";
import { contextOf, openAzure, read, textOf, trustOf } from "./support.js";

await describeOnKeyVault("a secret of Azure that is written if it is absent", (server) => {
  const azure = openAzure(server);
  beforeAll(async () => registerWeb(server));

  const fresh = (): string => `s-${randomUUID()}`;
  const put = async (path: string, text: string, provider = azure): Promise<PutOutcome> =>
    provider.put(
      { path, value: SecretValue.fromText(text), condition: { ifAbsent: "best-effort" } },
      contextOf(),
    );
  /** A provider between whose requests something happens. */
  const interrupted = (happens: (method: string, url: string) => Promise<unknown>) => {
    const { httpClient, ...trust } = trustOf(server);
    const sender: HttpClient = {
      sendRequest: async (request) => {
        await happens(request.method, request.url);
        return (httpClient as HttpClient).sendRequest(request);
      },
    };
    const dependencies = { store: "azure", baseDirectory: "/", environment: ENVIRONMENT };
    return createAzureProvider({ url: server.address, auth: WEB_SECRET }, dependencies, {
      ...trust,
      httpClient: sender,
    });
  };

  it("is created once, and left as it is from then on", async () => {
    const name = fresh();
    const created = await put(name, "one");
    expect(created).toMatchObject({ status: "created", version: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(await put(name, "two")).toEqual({ status: "exists" });
    expect(textOf(await read(azure, name))).toBe("one");
    expect(await azure.delete({ path: name }, contextOf())).toEqual({ status: "deleted" });
    expect(await put(name, "three")).toMatchObject({
      status: "conflict",
      reason: "ObjectIsDeletedButRecoverable",
    });
  });

  it("exists also while it is disabled, and asks for no value to know it", async () => {
    const name = fresh();
    await write(server, name, "off", { attributes: { enabled: false } });
    const before = (await server.state()).calls.length;
    expect(await put(name, "on")).toEqual({ status: "exists" });
    expect((await server.state()).calls.slice(before)).toEqual([`GET /secrets/${name}/versions`]);
  });

  it("is a conflict for whoever finds that another was first, or as fast", async () => {
    const name = fresh();
    const late = interrupted(async (method) => method === "PUT" && write(server, name, "the other's"));
    expect(await put(name, "ours", late)).toMatchObject({ status: "conflict", reason: "raced" });
    expect((await call(server, "GET", `/secrets/${name}/versions`)).body["value"]).toHaveLength(2);
  });

  it("is created by whoever was first, also if another writes before that is known", async () => {
    const name = fresh();
    let hasWritten = false;
    const first = interrupted(async (method) => {
      if (method === "PUT") return void (hasWritten = true);
      if (!hasWritten) return undefined;
      hasWritten = false;
      // Key Vault counts in seconds.
      await sleep(1100);
      return write(server, name, "the later one's");
    });
    expect(await put(name, "ours", first)).toMatchObject({ status: "created" });
    expect(textOf(await read(azure, name))).toBe("the later one's");
  });

  it("is not written by somebody who may not look", async () => {
    const blind = "may-write-but-not-list";
    await server.register({ clientId: blind, secret: CLIENT_SECRET });
    await server.grant({
      [WEB]: EVERYTHING,
      [blind]: [{ kind: "secrets", permissions: ["get", "set"] }],
    });
    const auth = { clientSecret: { tenantId: TENANT, clientId: blind, variable: "SECRET" } };
    const name = fresh();
    expect(await put(name, "x", openAzure(server, { auth }))).toMatchObject({ status: "denied" });
    expect(await read(azure, name)).toMatchObject({ status: "not-found" });
  });
});
