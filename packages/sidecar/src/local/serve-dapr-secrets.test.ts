import { SecretValue } from "@sluice/core";
import { expect, it, onTestFinished } from "vitest";
import { TestStore } from "../test-store.test-support.js";
import { type DaprOptions, serveDaprSecrets } from "./serve-dapr-secrets.js";

async function served(store: TestStore, more: Partial<DaprOptions> = {}): Promise<string> {
  const { resolver } = store.open();
  const serving = await serveDaprSecrets({ resolver, port: 0, ...more });
  onTestFinished(async () => {
    await serving[Symbol.asyncDispose]();
    await resolver[Symbol.asyncDispose]();
  });
  return `http://127.0.0.1:${serving.port}`;
}

it("gives a text under its own name, and fields under theirs", async () => {
  const store = new TestStore();
  store.secrets.set("plain", "text").set("a/b", JSON.stringify({ user: "u", port: 1 }));
  const url = await served(store);
  expect(await (await fetch(`${url}/v1.0/secrets/test/plain`)).json()).toEqual({ plain: "text" });
  expect(await (await fetch(`${url}/v1.0/secrets/test/a/b`)).json()).toEqual({ user: "u", port: "1" });
  expect(await (await fetch(`${url}/v1.0/secrets/test/a%2Fb`)).json()).toEqual({ user: "u", port: "1" });
});

it("asks for its token where there is one", async () => {
  const store = new TestStore();
  store.secrets.set("a", "x");
  const url = await served(store, { token: SecretValue.fromText("t0ken") });
  const ask = async (headers: Record<string, string>) =>
    (await fetch(`${url}/v1.0/secrets/test/a`, { headers })).status;
  expect(await ask({})).toBe(401);
  expect(await ask({ "dapr-api-token": "t0ken x" })).toBe(401);
  expect(await ask({ "dapr-api-token": "t0ken" })).toBe(200);
});

it("tells what cannot be had by Dapr's codes, and says no value", async () => {
  const store = new TestStore();
  const url = await served(store);
  expect((await fetch(`${url}/v1.0/secrets/test/none`)).status).toBe(204);
  store.isAway = true;
  const away = await fetch(`${url}/v1.0/secrets/test/a`);
  expect([away.status, await away.json()]).toEqual([
    500,
    expect.objectContaining({ errorCode: "ERR_SECRET_GET" }),
  ]);
  expect((await fetch(`${url}/v1.0/secrets/test/bulk`)).status).toBe(500);
  expect((await fetch(`${url}/v1.0/secrets/test/a`, { method: "POST" })).status).toBe(405);
  expect((await fetch(`${url}/v1.0/secrets/test`)).status).toBe(404);
  expect((await fetch(`${url}/v1.0/secrets/%zz/a`)).status).toBe(400);
});

it("takes no more than it can hold", async () => {
  const url = await served(new TestStore());
  const body = Buffer.alloc(9 * 1024 * 1024);
  const { status } = await fetch(`${url}/v1.0/secrets/test/a`, { method: "POST", body }).catch(() => ({
    status: 413,
  }));
  expect(status).toBe(413);
});
