import { randomBytes } from "node:crypto";
import { createSecretResolver, formatReference, SecretValue } from "@sluice/core";
import { afterAll, describe, expect, it } from "vitest";
import { vault } from "../src/vault.js";
import { realVault } from "./real-vault.js";
import { recordingProxy } from "./scripted-server.js";
import { openVault, readAll } from "./support.js";

const server = await realVault();

describe.runIf(server.available)("a transit engine of a real server", () => {
  afterAll(server.stop);
  const { address, token, api } = server;
  const open = (as = token, at = address) => openVault({ address: at }, { VAULT_TOKEN: as });
  const engine = async (key: object = {}): Promise<string> => {
    const name = await server.mount("transit");
    await api("POST", `${name}/keys/app`, key);
    return name;
  };
  const encrypt = async (
    name: string,
    plaintext: Uint8Array | string,
    more: object = {},
  ): Promise<string> => {
    const body = { plaintext: Buffer.from(plaintext).toString("base64"), ...more };
    const { data } = await api("POST", `${name}/encrypt/app`, body);
    return (data as { ciphertext: string }).ciphertext;
  };

  it("decrypts 100 values of a key with one call, through the resolver", async () => {
    const name = await engine();
    const proxy = await recordingProxy(address);
    const stores = { prod: vault({ address: proxy.address }) };
    await using secrets = createSecretResolver({ stores, environment: { VAULT_TOKEN: token } });
    const wanted: Record<string, "secret://prod/path"> = {};
    for (let at = 0; at < 100; at += 1) {
      const path = `${name}/decrypt/app?ciphertext=${await encrypt(name, `value ${at}`)}`;
      wanted[`value ${at}`] = formatReference({ store: "prod", path }) as "secret://prod/path";
    }
    const values = await secrets.getAll(wanted);
    for (const [text, value] of Object.entries(values)) expect(value.text()).toBe(text);
    expect(Object.keys(values)).toHaveLength(100);
    expect(proxy.asked.filter((line) => line.startsWith("POST"))).toEqual([`POST /v1/${name}/decrypt/app`]);
  });

  it("gives bytes as they were, and answers for each ciphertext of a batch", async () => {
    const name = await engine();
    await api("POST", `${name}/keys/other`, {});
    const binary = randomBytes(300);
    const ciphertexts = [await encrypt(name, binary), "vault:v1:Y2FuYXJ5", await encrypt(name, ""), "canary"];
    const paths = ciphertexts.map((text) => `${name}/decrypt/app?ciphertext=${text}`);
    const outcomes = await readAll(open(), [
      ...paths,
      `${name}/decrypt/other?ciphertext=${ciphertexts[0]}`,
      `${name}/decrypt/none?ciphertext=${ciphertexts[0]}`,
      `${name}/decrypt/app?plaintext=x`,
      `${name}/decrypt/app?{"ciphertext":1}`,
    ]);
    expect(outcomes.map((outcome) => ("reason" in outcome ? outcome.reason : outcome.status))).toEqual([
      "found",
      "cannot-decrypt",
      "found",
      "cannot-decrypt",
      "cannot-decrypt",
      "no-such-key",
      "bad-path",
      "bad-path",
    ]);
    const bytes = outcomes.map((outcome) =>
      outcome.status === "found" && SecretValue.isInstance(outcome.value) ? outcome.value.bytes() : undefined,
    );
    expect(Buffer.from(bytes[0] ?? "")).toEqual(binary);
    expect(bytes[2]).toHaveLength(0);
    expect(JSON.stringify(outcomes)).not.toMatch(/canary|Y2FuYXJ5/);
  });

  it("hands a derived key its context, and needs no more right than to decrypt", async () => {
    const name = await engine({ derived: true });
    const context = Buffer.from("tenant/1").toString("base64");
    const ciphertext = await encrypt(name, "derived", { context });
    const limited = await server.tokenWith(`path "${name}/decrypt/app" { capabilities = ["update"] }`);
    const [whole, without] = await readAll(open(limited), [
      `${name}/decrypt/app?ciphertext=${ciphertext}&context=${context}`,
      `${name}/decrypt/app?ciphertext=${ciphertext}`,
    ]);
    expect(whole).toMatchObject({ status: "found" });
    expect(without).toMatchObject({ status: "invalid", reason: "cannot-decrypt" });
    const [denied] = await readAll(
      open(await server.tokenWith(`path "${name}/decrypt/other" { capabilities = ["update"] }`)),
      [`${name}/decrypt/app?ciphertext=${ciphertext}`],
    );
    expect(denied?.status).toBe("denied");
  });
});
