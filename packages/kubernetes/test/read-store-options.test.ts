import { expect, it } from "vitest";
import { describeOnKubernetes } from "../../../test/servers/kubernetes-suite.js";
import { createObject, type KubernetesClient, patchObject } from "../src/index.js";
import { type OptionSource, readStoreOptions, type Store } from "../src/stores/index.js";
import { calm, newNamespace, openClient } from "./support.js";

await describeOnKubernetes("options of a store that Secrets of a real API server have", ({ kubeconfig }) => {
  const setUp = async (): Promise<{
    client: KubernetesClient;
    namespace: string;
    store: (options: object, ...from: OptionSource[]) => Store;
  }> => {
    const client = openClient(kubeconfig);
    const { namespace = "" } = await newNamespace(client);
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "vault" },
      data: { token: Buffer.from("CANARY\n").toString("base64"), binary: "/w==" },
    };
    await createObject(client, { version: "v1", plural: "secrets", namespace }, secret, calm());
    const store = (options: object, ...optionsFrom: OptionSource[]): Store => ({
      kind: "SecretStore",
      name: "prod",
      namespace,
      version: "1",
      provider: "vault",
      options: options as Record<string, unknown>,
      optionsFrom,
      identity: { as: "broker" },
      leases: "refuse",
      suspended: false,
      access: [],
    });
    return { client, namespace, store };
  };

  it("are put where they belong, as they are", async () => {
    const { client, namespace, store } = await setUp();
    const secretKeyRef = { namespace, name: "vault", key: "token" };
    const declared = store(
      { address: "a", auth: { role: "r" } },
      { option: "token", secretKeyRef },
      { option: "auth.userpass.password", secretKeyRef },
      { variable: "VAULT_TOKEN", secretKeyRef },
    );
    const read = await readStoreOptions(client, declared, calm());
    expect(read).toMatchObject({
      options: { address: "a", auth: { role: "r", userpass: { password: "CANARY\n" } }, token: "CANARY\n" },
      environment: { VAULT_TOKEN: "CANARY\n" },
    });
    expect(declared.options).toEqual({ address: "a", auth: { role: "r" } });
    await patchObject(
      client,
      { version: "v1", plural: "secrets", namespace },
      "vault",
      { stringData: { token: "b" } },
      calm(),
    );
    const again = await readStoreOptions(client, declared, calm());
    expect([again.environment["VAULT_TOKEN"], again.version === read.version]).toEqual(["b", false]);
  });

  it.each([
    ["a Secret that is not there", { name: "none" }, "token", {}, "the Secret N/none does not exist"],
    ["a key that is not there", { key: "none" }, "token", {}, 'the Secret N/vault has no key "none"'],
    ["a key of the language", { key: "constructor" }, "token", {}, "has no key"],
    ["what is no text", { key: "binary" }, "token", {}, "is not UTF-8 text"],
    ["an option that is there", {}, "token", { token: "x" }, "the option token is given twice"],
    [
      "an option in what is no object",
      {},
      "auth.token",
      { auth: "x" },
      "the option auth.token is given twice",
    ],
  ])("are refused with %s", async (_, reference, option, options, problem) => {
    const { client, namespace, store } = await setUp();
    const secretKeyRef = { namespace, name: "vault", key: "token", ...reference };
    const reading = readStoreOptions(client, store(options, { option, secretKeyRef }), calm());
    await expect(reading).rejects.toMatchObject({
      code: "SLU1103",
      message: expect.stringContaining(problem.replace("N/", `${namespace}/`)),
    });
    await expect(reading).rejects.not.toThrow("CANARY");
  });

  it("are not read by somebody who may not", async () => {
    const { namespace, store } = await setUp();
    const secretKeyRef = { namespace, name: "vault", key: "token" };
    const limited = openClient(kubeconfig, "limited");
    const reading = readStoreOptions(limited, store({}, { option: "a", secretKeyRef }), calm());
    await expect(reading).rejects.toMatchObject({ status: 403 });
  });
});
