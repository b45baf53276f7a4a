import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecretResolver, type SecretResolver } from "@sluice/core";
import { type ContainerReading, type Dialect, readContainer } from "@sluice/core/dialect";
import { formatPlan, parsePlan } from "@sluice/core/plan";
import type { Pod } from "@sluice/core/pod";
import { bankVaults, sluice } from "@sluice/dialects";
import { answerPlan, type EnvironmentAnswer, type Problem, ProblemError } from "@sluice/protocol";
import { vault } from "@sluice/provider-vault";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { realVault } from "../../../packages/provider-vault/test/real-vault.js";

const ANNOTATION = "secrets-webhook.security.bank-vaults.io/";

const server = await realVault();

describe.runIf(server.available)("a manifest for bank-vaults, with a real server", () => {
  const { api } = server;
  let secrets: SecretResolver<"vault" | "bao">;
  let kv1 = "";
  let transit = "";
  let pki = "";
  let totp = "";
  let ciphertext = "";

  beforeAll(async () => {
    const stores = { vault: vault({ address: server.address }), bao: vault({ address: server.address }) };
    secrets = createSecretResolver({ stores, environment: { VAULT_TOKEN: server.token } });
    await api("POST", "secret/data/account", { data: { username: "superusername1", password: "secret1" } });
    await api("POST", "secret/data/account", {
      data: {
        username: "superusername",
        password: "s/cr t",
        "tls.crt": Buffer.from(" PEM\n").toString("base64"),
        port: 5432,
        nested: { a: 1 },
      },
    });
    await api("POST", "secret/data/deep/path", { data: { key: "deep" } });
    await api("POST", "secret/data/bundle/one", { data: { ONE: "1", BOTH: "one", PLAIN: "from the path" } });
    await api("POST", "secret/data/bundle/one", { data: { ONE: "11", BOTH: "one", PLAIN: "from the path" } });
    await api("POST", "secret/data/bundle/two", { data: { BOTH: "two", "dotted.name": "2" } });
    [kv1, transit, pki, totp] = [
      await server.mount("kv"),
      await server.mount("transit"),
      await server.mount("pki"),
      await server.mount("totp"),
    ];
    await api("POST", `${kv1}/data/old`, { password: "in version 1" });
    await api("POST", `${transit}/keys/app`, {});
    const plaintext = Buffer.from("decrypted").toString("base64");
    ciphertext = String(dataOf(await api("POST", `${transit}/encrypt/app`, { plaintext }))["ciphertext"]);
    await api("POST", `${pki}/root/generate/internal`, { common_name: "root", ttl: "48h" });
    await api("POST", `${pki}/roles/web`, { allow_any_name: true, max_ttl: "2h" });
    await api("POST", `${totp}/keys/me`, { generate: true, issuer: "sluice", account_name: "me" });
  });
  afterAll(async () => {
    await secrets[Symbol.asyncDispose]();
    await server.stop();
  });

  const answer = async (pod: Pod, options = {}): Promise<EnvironmentAnswer> =>
    (await answerPlan(planOf(pod, [sluice(), bankVaults(options)]), secrets)).answer;
  const value = async (text: string, annotations: Record<string, string> = {}): Promise<unknown> =>
    (await answer(podOf({ A: text }, annotations))).env["A"];
  const refusal = async (work: Promise<unknown>): Promise<Problem> => {
    const thrown = await work.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (ProblemError.isInstance(thrown)) return thrown.detail;
    throw new Error("It was not refused", { cause: thrown });
  };

  it.each([
    ["vault:secret/data/account#password", "s/cr t"],
    ["vault:secret/account#password", "s/cr t"],
    ["bao:secret/data/account#password", "s/cr t"],
    ["vault:secret/data/account#password#1", "secret1"],
    ["vault:secret/data/account#port", "5432"],
    ["vault:secret/data/account#nested", '{"a":1}'],
    ["vault:secret/data/deep/path#key", "deep"],
    ["vault:secret/data/account#${.password | b64enc}", "cy9jciB0"],
    ["vault:secret/data/account#${.username | upper | quote}", '"SUPERUSERNAME"'],
    ['vault:secret/data/account#${ index . "tls.crt" | b64dec | trim }', "PEM"],
    ["vault:secret/data/account#${.username}:${.password}#1", "superusername1:secret1"],
    [
      "scheme://${vault:secret/data/account#username}:${vault:secret/data/account#${.password | urlquery}}@127.0.0.1:8080",
      "scheme://superusername:s%2Fcr+t@127.0.0.1:8080",
    ],
    ["a${vault:secret/data/account#password#1}b${bao:secret/deep/path#key}c", "asecret1bdeepc"],
  ])("gives %s as %j", async (text, expected) => {
    expect(joined(await value(text))).toBe(expected);
  });

  it("reads an engine of version 1 as it is", async () => {
    expect(await value(`vault:${kv1}/data/old#password`)).toBe("in version 1");
  });

  it("decrypts, by a key that the pod names or by what it hands over", async () => {
    const annotations = {
      [`${ANNOTATION}vault-transit-key-id`]: "app",
      [`${ANNOTATION}vault-transit-path`]: transit,
    };
    expect(await value(ciphertext, annotations)).toBe("decrypted");
    expect(joined(await value(`<\${${ciphertext}}>`, annotations))).toBe("<decrypted>");
    const handed = `>>vault:${transit}/decrypt/app`;
    const data = JSON.stringify({ ciphertext });
    expect(await value(`${handed}#\${.plaintext | b64dec}#${data}`)).toBe("decrypted");
    expect(await value(`${handed}#plaintext#${data}`)).toBe("ZGVjcnlwdGVk");
  });

  it("writes and reads what is issued: one certificate for all variables that ask alike", async () => {
    const asked = `>>vault:${pki}/issue/web`;
    const data = '{"common_name":"web.example","ttl":"1h"}';
    const { env } = await answer(
      podOf({
        CERT: `${asked}#certificate#${data}`,
        KEY: `${asked}#private_key#${data}`,
        BOTH: `\${${asked}#serial_number#${data}}/\${${asked}#serial_number#${data}}`,
      }),
    );
    const { checkPrivateKey, serialNumber, subject } = certificateOf(env["CERT"]);
    expect([subject, checkPrivateKey(joined(env["KEY"]))]).toEqual(["CN=web.example", true]);
    const [first, second] = joined(env["BOTH"]).replaceAll(":", "").toUpperCase().split("/");
    expect([first, second]).toEqual([serialNumber, serialNumber]);
    const again = await answer(podOf({ CERT: `${asked}#certificate#${data}` }));
    expect(certificateOf(again.env["CERT"]).serialNumber).not.toBe(serialNumber);
  });

  it("writes nothing but {} where nothing is handed over", async () => {
    const root = await server.mount("pki");
    await expect(value(`>>vault:${root}/root/generate/internal#issuer_id`)).resolves.toMatch(
      /^[0-9a-f-]{36}$/,
    );
  });

  it("keeps nothing of an engine that issues to a read", async () => {
    const { env } = await answer(podOf({ A: `vault:${totp}/code/me#code` }), { issues: () => true });
    expect(env["A"]).toMatch(/^\d{6}$/);
    const { env: planned } = readingOf(podOf({ A: "vault:database/creds/app#password" }), [bankVaults()]);
    expect(planned["A"]).toContain("volatile=true");
  });

  it("makes variables of every key of a path, later paths over earlier, and over the pod's own", async () => {
    const annotations = { [`${ANNOTATION}vault-from-path`]: "secret/data/bundle/one,secret/data/bundle/two" };
    const { env } = await answer(
      podOf({ BOTH: "vault:secret/data/account#password", OWN: "plain" }, annotations),
    );
    expect(env).toEqual({ ONE: "11", BOTH: "two", PLAIN: "from the path", "dotted.name": "2" });
  });

  it("makes them of an earlier version, and of a container that has no variables", async () => {
    const annotations = { "vault.security.banzaicloud.io/vault-env-from-path": "secret/data/bundle/one#1" };
    expect((await answer(podOf({}, annotations))).env).toMatchObject({ ONE: "1" });
  });

  it("leaves out what is missing, where the pod says so", async () => {
    const variables = {
      A: "vault:secret/data/gone#key",
      B: "x${vault:secret/data/gone#key}",
      C: "vault:secret/account#port",
    };
    const paths = { [`${ANNOTATION}vault-from-path`]: "secret/data/gone,secret/data/bundle/two" };
    const ignoring = { ...paths, [`${ANNOTATION}vault-ignore-missing-secrets`]: "true" };
    expect(await answer(podOf(variables, ignoring))).toMatchObject({
      env: { BOTH: "two", C: "5432" },
      unset: ["A", "B"],
    });
    const { kind, failures } = await refusal(answer(podOf(variables, paths)));
    expect(kind).toBe("not-found");
    expect(failures?.map(({ variable, reason }) => `${variable} ${reason}`)).toEqual([
      "A no-such-path",
      "B no-such-path",
      "* no-such-path",
    ]);
  });

  it.each([
    ["vault:secret/data/account#nobody", "field-missing"],
    ["vault:secret/data/account#password#9", "no-such-version"],
    ["vault:no-such-mount/data/x#y", "no-such-mount"],
    ["vault:secret/data/account#${ .password | b64dec }", "not-decodable"],
    ['>>vault:secret/account#x#{"data":{}}', "no-such-path"],
  ])("fails with %s, and tells no value", async (text, reason) => {
    const problem = await refusal(value(text));
    expect(problem.failures?.map((failure) => failure.reason)).toEqual([reason]);
    expect(JSON.stringify(problem)).not.toContain("s/cr t");
  });
});

function podOf(
  variables: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>> = {},
): Pod {
  const env = Object.entries(variables).map(([name, value]) => ({ name, value }));
  return { metadata: { annotations }, spec: { containers: [{ name: "web", env }] } };
}

function readingOf(pod: Pod, dialects: readonly Dialect[]): ContainerReading {
  const [container] = pod.spec.containers;
  if (container === undefined) throw new Error("no container");
  const scope = { pod, namespace: "shop", namespaceLabels: {}, objects: { find: () => undefined } };
  return readContainer(container, "app", dialects, scope);
}

function planOf(pod: Pod, dialects: readonly Dialect[]) {
  const { container, env, optional, remove, spread, problems } = readingOf(pod, dialects);
  expect(problems).toEqual([]);
  const critical = spread.length > 0 ? ["spread"] : [];
  return parsePlan(
    formatPlan({ version: 1, minReader: 1, critical, container, env, optional, remove, spread }),
  );
}

function dataOf({ data }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return data as Readonly<Record<string, unknown>>;
}

function certificateOf(pem: unknown) {
  const certificate = new X509Certificate(String(pem));
  const { serialNumber, subject } = certificate;
  const checkPrivateKey = (key: string): boolean => certificate.checkPrivateKey(createPrivateKey(key));
  return { serialNumber, subject, checkPrivateKey };
}

function joined(value: unknown): string {
  return Array.isArray(value) ? value.join("") : String(value);
}
