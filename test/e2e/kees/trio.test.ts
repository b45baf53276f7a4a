import { createPrivateKey, createPublicKey } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { sluice } from "../../support/sluice.js";
import { createWorkspace, type Workspace } from "../../support/workspace.js";
import { openAws, PARAMETER_STORE } from "../cli/providers/aws-subject.js";
import type { CliSubject } from "../cli/providers/cli-subject.js";

const opened = await openAws(PARAMETER_STORE);
const reason = "reason" in opened ? opened.reason : undefined;
const subject = opened as CliSubject;

// What creates, what reads and what grants must mean the same paths and the same form of values.
describe.skipIf(reason !== undefined)("kees' three parts together", { timeout: 120_000 }, () => {
  const prefix = reason === undefined ? `/${subject.path("trio")}` : "";
  const annotations = {
    "init.bsycorp.com/storage-prefix": prefix,
    "secret.bsycorp.com/signingKey.v1_public": "kind=DYNAMIC,type=RSA,size=2048",
    "secret.bsycorp.com/signingKey.v1_private": "kind=DYNAMIC,type=RSA,size=2048",
    "secret.bsycorp.com/salt": "kind=DYNAMIC,type=RANDOM,size=256",
    "secret.bsycorp.com/db.password": "kind=DYNAMIC,type=PASSWORD,size=256,storageKey=db/main",
  };
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web", namespace: "shop", annotations },
    spec: { containers: [{ name: "app", image: "app" }] },
  };
  let workspace: Workspace;

  beforeAll(() => {
    const { options } = subject.store;
    const access = [{ namespaces: ["shop"], paths: ["**"] }];
    workspace = createWorkspace({
      "pod.yaml": stringify(pod),
      "sluice.yaml": stringify({ stores: { main: options }, generate: { access } }),
      "podinfo/annotations": Object.entries(annotations)
        .map(([name, value]) => `${name}=${JSON.stringify(value)}\n`)
        .join(""),
    });
  });
  afterAll(async () => {
    workspace[Symbol.dispose]();
    await subject[Symbol.asyncDispose]();
  });

  const at = (path: string): string => join(workspace.path, path);

  async function run(args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<string> {
    const env = { ...subject.store.env, ...more };
    const { code, stdout, stderr } = await sluice(args, { cwd: workspace.path, env });
    if (code !== 0) throw new Error(`sluice ${args[0]} ended with ${code}: ${stderr}`);
    return stdout;
  }

  it("what is created is what the pod finds, and what the policy lets it read", async () => {
    const rows = JSON.parse(await run(["generate", "-f", "pod.yaml", "-o", "json"])) as {
      readonly status: string;
      readonly place: string;
    }[];
    const created = rows.flatMap(({ place }) => place.split(" ")).sort();
    expect(created).toEqual(
      ["db/main", "salt", "signingKey.v1_private", "signingKey.v1_public"].map((name) => `${prefix}/${name}`),
    );

    await run(["write", "--dialect", "kees"], {
      SLUICE_CONFIG: at("sluice.yaml"),
      KEES_STORE: "main",
      ANNOTATIONS_FILE: at("podinfo/annotations"),
      SECRETS_FILE: at("init/secrets.properties"),
      RESOURCES_FILE: at("init/resources.properties"),
      RESOURCES_FILE_PATH: at("init"),
      LEASES_FILE: at("init/leases.properties"),
      LEASES_FILE_PATH: at("init/leases"),
      POD_NAME: "web",
    });
    const written = new Map(
      workspace
        .read("init/secrets.properties")
        .trim()
        .split("\n")
        .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
    const bytes = (name: string): Buffer => Buffer.from(written.get(name) ?? "", "base64");
    expect(Array.from(written.keys()).sort()).toEqual([
      "db.password",
      "salt",
      "signingKey.v1_private",
      "signingKey.v1_public",
    ]);
    const key = createPrivateKey({ key: bytes("signingKey.v1_private"), format: "der", type: "pkcs8" });
    const publicKey = createPublicKey(key).export({ format: "der", type: "spki" });
    expect(publicKey.equals(bytes("signingKey.v1_public"))).toBe(true);
    expect(bytes("salt")).toHaveLength(32);
    expect(bytes("db.password").toString()).toMatch(/^[A-Za-z0-9]{32}$/);

    const policy = await run(["policy", "-f", "pod.yaml", "--target", "terraform-ssm"]);
    for (const path of created) expect(policy).toContain(`parameter${path}"`);
    expect(policy.match(/parameter\//g)).toHaveLength(created.length);
  });
});
