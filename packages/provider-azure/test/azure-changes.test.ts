import { beforeAll, describe, expect, it } from "vitest";
import type { AzureServer } from "../../../test/servers/key-vault.js";
import { describeOnKeyVault } from "../../../test/servers/key-vault-suite.js";
import { waitUntil } from "../../../test/servers/shared/wait-until.js";
import { createSecretResolver } from "@sluice/core";
import { CLIENT_SECRET, ENVIRONMENT, EVERYTHING, registerWeb, TENANT, WEB } from "./applications.js";
import { call, write } from "./call.js";
import { makeCertificates } from "./make-certificates.js";
import { azureOn, contextOf, found, openAzure, read, requestOf } from "./support.js";

const COUNT = 500;

await describeOnKeyVault("changes in a vault of Azure", (server) => {
  const host = "changes.vault.azure.net";
  const names = Array.from({ length: COUNT }, (_, index) => `secret-${index}`);
  let vault: AzureServer;
  let azure: ReturnType<typeof openAzure>;
  beforeAll(async () => {
    await registerWeb(server);
    await server.grant({ [WEB]: EVERYTHING }, host);
    vault = await server.at(host);
    azure = openAzure(vault);
    for (const name of names) await write(vault, name, "text");
  });

  const listed = async (prefix = "secrets/"): Promise<ReadonlyMap<string, string | undefined>> => {
    const pages = await Array.fromAsync(azure.list({ prefix }, contextOf()));
    expect(pages.at(-1)).toMatchObject({ complete: true });
    return new Map(pages.flatMap(({ items }) => items.map(({ path, etag }) => [path, etag])));
  };
  const stamped = async (path: string): Promise<string> => {
    let etag: string | undefined;
    await waitUntil(`${path} is stamped`, async () => {
      etag = (await listed(path)).get(path);
      return etag !== undefined;
    });
    return etag ?? "";
  };

  it("are told from 500 secrets that did not change by 20 pages, and by no read", async () => {
    await stamped(`secrets/${names.at(-1)}`);
    const before = new Map<string, string | undefined>();
    for (let at = 0; at < COUNT; at += 32)
      for (const outcome of await azure.resolve(
        names.slice(at, at + 32).map((name) => requestOf(`secrets/${name}`, { id: `secrets/${name}` })),
        contextOf(),
      ))
        before.set(outcome.id, found(outcome).etag);
    const { calls } = await server.state();
    const after = await listed();
    const asked = (await server.state()).calls.slice(calls.length);
    expect(asked).toEqual(Array.from({ length: COUNT / 25 }, () => "GET /secrets"));
    expect(Array.from(after.values()).every((etag) => etag !== undefined)).toBe(true);
    expect(after).toEqual(before);
    await write(vault, "secret-7", "another text");
    await stamped("secrets/secret-7");
    const later = await listed();
    const changed = Array.from(later).filter(([path, etag]) => etag !== before.get(path));
    expect(changed.map(([path]) => path)).toEqual(["secrets/secret-7"]);
  });

  it("are not hidden by the second in which they happen", async () => {
    for (let change = 0; change < 8; change++) {
      await write(vault, "hurried", `text ${change}`);
      const { etag } = found(await read(azure, "hurried"));
      await write(vault, "hurried", `another ${change}`);
      // What was read is out of date: neither now nor later may the listing tell its stamp.
      for (const later of [(await listed("hurried")).get("hurried"), await stamped("hurried")])
        expect(later === undefined || later !== etag).toBe(true);
    }
  });

  describe.each([
    ["a secret's state", "secrets/state", "secrets", { attributes: { enabled: false } }],
    ["a certificate's tags", "certificates/state", "certificates", { tags: { a: "b" } }],
    ["a key's tags", "keys/state", "keys", { tags: { a: "b" } }],
  ])("of %s", (_, path, kind, patch) => {
    it("are told", async () => {
      const { leaf, key } = await makeCertificates("ec");
      const create = {
        secrets: async () => call(vault, "PUT", "/secrets/state", { value: "x" }),
        certificates: async () => call(vault, "POST", "/certificates/state/import", { value: leaf + key }),
        keys: async () => call(vault, "POST", "/keys/state/create", { kty: "EC" }),
      }[kind as "secrets" | "certificates" | "keys"];
      await create();
      const first = await stamped(path);
      expect(found(await read(azure, path)).etag).toBe(first);
      expect((await call(vault, "PATCH", `/${path}`, patch)).status).toBe(200);
      const second = await stamped(path);
      expect(second).not.toBe(first);
      await call(vault, "DELETE", `/${kind}/state`);
      await call(vault, "DELETE", `/deleted${kind}/state`);
    });
  });

  it("are seen by a watch of them all, with the right to list and read secrets and no other", async () => {
    const reader = "reader-of-secrets";
    await server.register({ clientId: reader, secret: CLIENT_SECRET });
    await server.grant(
      { [WEB]: EVERYTHING, [reader]: [{ kind: "secrets", permissions: ["get", "list"] }] },
      host,
    );
    // What the watched ones have in common is nothing but the vault.
    await write(vault, "another", "text");
    await stamped("another");
    const store = azureOn(server, {
      url: vault.address,
      auth: { clientSecret: { tenantId: TENANT, clientId: reader, variable: "SECRET" } },
    });
    const watched = ["another", ...names];
    const references = Object.fromEntries(watched.map((name) => [name, `secret://azure/${name}`] as const));
    await using secrets = createSecretResolver({ stores: { azure: store }, environment: ENVIRONMENT });
    const controller = new AbortController();
    const { signal } = controller;
    const changes: string[] = [];
    const callsFrom = async (before: number): Promise<readonly string[]> =>
      (await server.state()).calls.slice(before);
    const { calls } = await server.state();
    const watch = (async () => {
      for await (const { label } of secrets.watch(references, { signal, pollIntervalMs: 1000 }))
        changes.push(label);
    })();
    const isPage = (asked: string): boolean => asked === "GET /secrets";
    await waitUntil("all were read, and looked for twice", async () => {
      const asked = await callsFrom(calls.length);
      return asked.filter(isPage).length >= 42;
    });
    const quiet = await callsFrom(calls.length);
    expect(quiet.filter((asked) => !isPage(asked))).toHaveLength(watched.length);
    await write(vault, "secret-9", "another text");
    await waitUntil("the change is told", () => changes.length > 0);
    expect(changes).toEqual(["secret-9"]);
    const later = (await callsFrom(calls.length)).slice(quiet.length);
    expect(new Set(later)).toEqual(new Set(["GET /secrets", "GET /secrets/secret-9/"]));
    controller.abort();
    await watch;
  });
});
