import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startAws } from "../../servers/aws.js";
import { serversRequired } from "../../servers/shared/server.js";
import { type Finished, sluice, startSluice } from "../../support/sluice.js";
import { createWorkspace, type Workspace } from "../../support/workspace.js";

const CREDENTIALS = { accessKeyId: "AKIATESTTESTTESTTEST", secretAccessKey: "test" };
const ANNOTATIONS = `init.bsycorp.com/storage-prefix="/shop/staging"
secret.bsycorp.com/signingKey.v1_public="kind=DYNAMIC,type=RSA,size=2048,foo=bar"
secret.bsycorp.com/db.password="kind=REFERENCE,type=PASSWORD,storageKey=db/main"
resource.bsycorp.com/db.url="localModeValue=dmFsdWU="
lease.bsycorp.com/snowflake="kind=INDEX,storageKeyPrefix=flake,rangeStart=0,rangeEnd=99"
`;
const COMMAND = ["write", "--dialect", "kees"];
const base64 = (text: string): string => Buffer.from(text).toString("base64");

// Each runs the command line some times, which on a busy machine takes seconds.
vi.setConfig({ testTimeout: 120_000 });

describe("sluice write --dialect kees", async () => {
  const aws = await startAws();
  if (aws.kind === "unavailable") {
    if (serversRequired()) throw new Error(aws.reason);
    process.stderr.write(`\nSKIPPED: kees on Parameter Store: ${aws.reason}\n\n`);
  }
  const address = aws.kind === "running" ? aws.address : "http://127.0.0.1:1";
  const ssm = new SSM({ endpoint: address, region: "ap-southeast-2", credentials: CREDENTIALS });
  let workspace: Workspace;

  beforeAll(async () => {
    if (aws.kind === "unavailable") return;
    for (let index = 0; index < 95; index += 1) await put(`leases/flake.${index}`, `web-${index}`);
  }, 60_000);
  afterAll(async () => {
    workspace?.[Symbol.dispose]();
    ssm.destroy();
    if (aws.kind === "running") await aws.stop();
  });
  beforeEach(async () => {
    workspace?.[Symbol.dispose]();
    workspace = createWorkspace({ "podinfo/annotations": ANNOTATIONS });
    mkdirSync(join(workspace.path, "init"));
    if (aws.kind === "unavailable") return;
    await put("signingKey.v1_public", base64("public"));
    await put("db/main", base64("password"));
    await put("db.url", base64("postgres://db"));
  });

  async function put(suffix: string, value: string): Promise<void> {
    const Name = `/shop/staging/${suffix}`;
    await ssm.putParameter({ Name, Value: value, Type: "SecureString", Overwrite: true });
  }

  const at = (path: string): string => join(workspace.path, path);
  const environment = (): Record<string, string> => ({
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT: address,
    ENV_LABEL: "staging",
    POD_NAME: "web-93",
    ANNOTATIONS_FILE: at("podinfo/annotations"),
    SECRETS_FILE: at("init/secrets.properties"),
    RESOURCES_FILE: at("init/resources.properties"),
    RESOURCES_FILE_PATH: at("init"),
    LEASES_FILE: at("init/leases.properties"),
    LEASES_FILE_PATH: at("init/leases"),
  });

  async function write(
    env: Readonly<Record<string, string>> = {},
    ...args: readonly string[]
  ): Promise<Finished> {
    return sluice([...COMMAND, ...args], { cwd: workspace.path, env: { ...environment(), ...env } });
  }

  function written(): readonly string[] {
    return readdirSync(join(workspace.path, "init"));
  }

  it.skipIf(aws.kind === "unavailable")("writes what kees' later releases write", async () => {
    const { code, stdout, stderr } = await write();
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toMatch(/^sluice: wrote 4 values to /);
    expect(workspace.read("init/secrets.properties")).toBe(
      `db.password=${base64("password")}\nsigningKey.v1_public=${base64("public")}\n`,
    );
    expect(workspace.read("init/resources.properties")).toBe(`db.url=${base64("postgres://db")}\n`);
    expect(workspace.read("init/db.url")).toBe("postgres://db");
    expect(workspace.read("init/leases.properties")).toBe(`snowflake=${base64("93")}\n`);
    expect(workspace.read("init/leases/snowflake")).toBe("93");
    expect(statSync(join(workspace.path, "init/secrets.properties")).mode & 0o777).toBe(0o444);
  });

  it.skipIf(aws.kind === "unavailable").each(["signingKey.v1_public", "db/main", "db.url"])(
    "writes nothing at all and ends with 1 when %s is missing",
    async (suffix) => {
      await ssm.deleteParameter({ Name: `/shop/staging/${suffix}` });
      const { code, stderr } = await write();
      expect(code).toBe(1);
      expect(stderr).toContain(`secret://aws-ssm//shop/staging/${suffix}`);
      expect(stderr).toContain("nothing was written");
      expect(written()).toEqual([]);
    },
  );

  it.skipIf(aws.kind === "unavailable")("does so when the pod holds no lease, or has no name", async () => {
    const stranger = await write({ POD_NAME: "web-99" });
    expect(stranger).toMatchObject({ code: 1, stdout: "" });
    expect(stranger.stderr).toContain("no index from 0 to 99 that is held by this pod");
    const nameless = await write({ POD_NAME: "" });
    expect(nameless).toMatchObject({ code: 1 });
    expect(nameless.stderr).toContain("POD_NAME is not set");
    expect(written()).toEqual([]);
  });

  it.skipIf(aws.kind === "unavailable")(
    "keeps what is there when it fails later, and no value is said",
    async () => {
      await write();
      await put("db.url", "no base64, but secret");
      const { code, stderr } = await write();
      expect(code).toBe(1);
      expect(stderr).toContain("is not Base64");
      expect(stderr).not.toContain("but secret");
      expect(workspace.read("init/db.url")).toBe("postgres://db");
    },
  );

  it.skipIf(aws.kind === "unavailable")("tries once more after RETRY_DELAY", async () => {
    await ssm.deleteParameter({ Name: "/shop/staging/db/main" });
    const env = { ...environment(), RETRY_DELAY: "10" };
    const delayed = startSluice(COMMAND, { cwd: workspace.path, env });
    const ended = once(delayed, "close");
    for await (const chunk of delayed.stderr ?? [])
      if (String(chunk).includes("trying once more in 10 s")) await put("db/main", base64("late"));
    expect(await ended).toEqual([0, null]);
    expect(workspace.read("init/secrets.properties")).toContain(`db.password=${base64("late")}\n`);
    await ssm.deleteParameter({ Name: "/shop/staging/db/main" });
    const failed = await write({ RETRY_DELAY: "0" });
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain("trying once more in 0 s");
  });

  it.skipIf(aws.kind === "unavailable")(
    "makes up what the store does not have, and only that, with remote-then-local",
    async () => {
      workspace.write(
        "podinfo/annotations",
        `${ANNOTATIONS}init.bsycorp.com/local-mode="remote-then-local"\n`,
      );
      await ssm.deleteParameter({ Name: "/shop/staging/db.url" });
      expect(await write()).toMatchObject({ code: 0 });
      expect(workspace.read("init/resources.properties")).toBe("db.url=dmFsdWU=\n");
      expect(workspace.read("init/secrets.properties")).toContain(`=${base64("password")}\n`);
      const away = await write({ AWS_ENDPOINT: "http://127.0.0.1:1" }, "--timeout", "2s");
      expect(away.code).toBe(1);
      expect(workspace.read("init/leases/snowflake")).toBe("93");
    },
  );

  it("asks no store in local mode", async () => {
    workspace.write("podinfo/annotations", `${ANNOTATIONS}init.bsycorp.com/local-mode="true"\n`);
    const { code, stderr } = await write({ AWS_ENDPOINT: "http://127.0.0.1:1" });
    expect(code).toBe(0);
    expect(stderr).toContain("warning: db.password is empty");
    expect(workspace.read("init/secrets.properties")).toMatch(/^db\.password=\nsigningKey\.v1_public=MII/);
  });

  it("takes any store of a configuration", async () => {
    workspace.write(
      "podinfo/annotations",
      ANNOTATIONS.replace(/^lease.*$/m, "").replace("/shop/staging", "shop"),
    );
    workspace.write("sluice.yaml", "stores: { own: { provider: file, path: secrets } }\n");
    for (const [name, value] of Object.entries({
      "signingKey.v1_public": "p\n",
      "db/main": "q",
      "db.url": "r",
    }))
      workspace.write(`secrets/shop/${name}`, value);
    const env = { SLUICE_CONFIG: "sluice.yaml", KEES_STORE: "own", KEES_STORED_AS: "plain" };
    expect(await write(env)).toMatchObject({ code: 0 });
    expect(workspace.read("init/db.url")).toBe("r");
    expect(workspace.read("init/secrets.properties")).toBe(
      `db.password=${base64("q")}\nsigningKey.v1_public=${base64("p\n")}\n`,
    );
  });

  it("writes where it may, and nowhere else", async () => {
    workspace.write("podinfo/annotations", `${ANNOTATIONS}init.bsycorp.com/local-mode="true"\n`);
    const { code, stderr } = await write({}, "--allow", "/elsewhere");
    expect(code).toBe(1);
    expect(stderr).toContain("SLU1301");
    expect(written()).toEqual([]);
  });

  it.each([
    ["annotations that are not there", { ANNOTATIONS_FILE: "/nowhere" }, "SLU1101"],
    ["a delay that is none", { RETRY_DELAY: "soon" }, "RETRY_DELAY is no number of seconds"],
    ["a store that is not configured", { KEES_STORED_AS: "hex" }, "neither base64 nor plain"],
  ])("ends with 1 for %s", async (_, env, message) => {
    const { code, stderr } = await write(env);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(written()).toEqual([]);
  });

  it("names every annotation that is wrong", async () => {
    workspace.write("podinfo/annotations", `${ANNOTATIONS}secret.bsycorp.com/a="kind=BLAh"\njunk\n`);
    const { code, stderr } = await write();
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /annotations:7: the line is not of the form[^]*secret\.bsycorp\.com\/a has a kind/,
    );
    expect(existsSync(join(workspace.path, "init/secrets.properties"))).toBe(false);
  });
});
