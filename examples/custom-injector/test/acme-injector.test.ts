import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startKeyring } from "./start-keyring.ts";

const BIN = fileURLToPath(new URL("../bin/acme-injector.js", import.meta.url));

const folder = mkdtempSync(join(tmpdir(), "acme-"));
after(() => rmSync(folder, { recursive: true }));

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { PATH = "" } = process.env;
  const options = { cwd: folder, env: { PATH, ...env } };
  const { stdout } = await promisify(execFile)(process.execPath, [BIN, ...args], options);
  return stdout;
}

const POD = `apiVersion: v1
kind: Pod
metadata:
  name: shop
  annotations: { acme.example/keyring: acme }
spec:
  containers:
    - name: web
      image: shop:1
      command: ["/shop"]
      env:
        - { name: DATABASE_URL, value: "acme:shop/db" }
`;

const SETTINGS = `broker: { address: "https://10.96.0.9:8443", rootsFile: roots.pem }
launcher: { image: "acme/launcher:1" }
`;

describe("acme-injector", () => {
  test("offers what it is composed of", async () => {
    const help = await run(["--help"]);
    for (const command of ["run", "read", "webhook", "mutate", "lint", "broker", "serve", "help"])
      assert.match(help, new RegExp(`^  ${command} `, "m"));
    assert.match(help, /^Usage: acme-injector .*\n\nGives Acme's apps what they keep in the keyring\./);
    assert.doesNotMatch(help, /^ {2}(sync|generate|objects) /m);
    assert.equal(await run(["--version"]), "1.0.0\n");
  });

  test("starts a command with what the keyring has", async (context) => {
    const server = await startKeyring();
    context.after(() => server[Symbol.asyncDispose]());
    server.put("shop/db", Buffer.from("postgres://shop"));
    writeFileSync(
      join(folder, "sluice.yaml"),
      `stores:\n  acme: { provider: acme-keyring, address: "${server.address}" }\n`,
    );
    const app = ["run", "--", process.execPath, "-p", "process.env.DATABASE_URL.length"];
    assert.equal(await run(app, { DATABASE_URL: "secret://acme/shop/db" }), "15\n");
  });

  test("reads Acme's notation, and does with pods what Acme's clusters want", async () => {
    writeFileSync(join(folder, "pod.yaml"), POD);
    writeFileSync(join(folder, "webhook.yaml"), SETTINGS);
    copyFileSync(new URL("roots.pem", import.meta.url), join(folder, "roots.pem"));
    const mutated = await run(["mutate", "-f", "pod.yaml", "--settings", "webhook.yaml"]);
    assert.match(mutated, /acme\.example\/broker-client: "true"/);
    assert.match(mutated, /secret:\/\/acme\/shop\/db/);
    assert.match(mutated, /command:\s+- \/sluice\/sluice-launch/);
  });

  test("says what is wrong in Acme's notation", async () => {
    writeFileSync(join(folder, "wrong.yaml"), POD.replace("acme:shop/db", "acme:shop db"));
    await assert.rejects(run(["lint", "-f", "wrong.yaml"]), {
      code: 78,
      stderr: /^acme-injector: SLU1401: wrong\.yaml:12:.* DATABASE_URL holds no acme:PATH/,
    });
    for (const written of ['""', "Acme"]) {
      writeFileSync(join(folder, "wrong.yaml"), POD.replace("keyring: acme", `keyring: ${written}`));
      await assert.rejects(run(["lint", "-f", "wrong.yaml"]), {
        code: 78,
        stderr: /^acme-injector: SLU1401: wrong\.yaml:.* Annotation acme\.example\/keyring names no store/,
      });
    }
  });
});
