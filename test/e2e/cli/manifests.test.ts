import { type Schema, Validator } from "@cfworker/json-schema";
import { issueRoot } from "@sluice/webhook";
import { createRequire } from "node:module";
import type { Log } from "sarif";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { sluice } from "../../support/sluice.js";
import { createWorkspace, type Workspace } from "../../support/workspace.js";

const require = createRequire(import.meta.url);
const sarifSchema = require("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json") as Schema;

const SETTINGS = `broker: { address: "https://10.96.4.2:8443", rootsFile: roots.pem }
launcher: { image: "example.test/launcher:1" }
`;
const SHOP = `# What the shop reads.
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data:
  TOKEN:   secret://prod/token   # odd spacing
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web # the shop
spec:
  replicas: 2
  template:
    spec:
      containers:
        # the only one
        - name: web
          image: shop/web
          command: ["/web"]
          envFrom: [{ configMapRef: { name: settings } }]
---
kind: CronJob
metadata: {name: nightly}   # left alone
spec: {schedule: "0 1 * * *"}
`;
const BAD = `kind: List
items:
  - kind: Pod
    metadata: { name: p }
    spec:
      containers:
        - name: web
          image: x
          env:
            - name: B
              value: hunter2\${secret://prod/a
        - name: ok
          args: ["secret://prod/x"]
`;

let workspace: Workspace;

beforeAll(async () => {
  const { cert, key } = await issueRoot("roots", 86_400_000, Date.now());
  workspace = createWorkspace({
    "webhook.yaml": SETTINGS,
    "wrong.yaml": "broker: { adress: x }\nlookups: { secrets: maybe }\n",
    "roots.pem": key + cert,
    "shop.yaml": SHOP,
    "bad.yaml": BAD,
    "aliased.yaml": SHOP.replace("env", "x: &a 1\n          y: *a\n          env"),
  });
});
afterAll(() => workspace[Symbol.dispose]());

const run = async (args: readonly string[], input?: string) =>
  sluice(args, { cwd: workspace.path, ...(input !== undefined && { input }) });

describe("sluice mutate", () => {
  it("prints what the webhook would make, with what nothing changes as it is written", async () => {
    const { code, stdout, stderr } = await run(["mutate", "-f", "shop.yaml", "--settings", "webhook.yaml"]);
    expect([code, stderr]).toEqual([0, ""]);
    const [first, second, third] = SHOP.split("---\n");
    const [map, deployment, job] = stdout.split("---\n").filter((text) => text.includes("kind:"));
    expect([map, job]).toEqual([first, third]);
    for (const comment of ["# the shop", "# the only one"]) expect(deployment).toContain(comment);
    expect(second).not.toContain("SLUICE_PLAN");
    expect(stdout).not.toContain("PRIVATE KEY");
    const container = ["spec", "template", "spec", "containers", 0];
    const [, changed] = parseAllDocuments(stdout);
    expect(changed?.toJS()).toMatchObject({
      spec: {
        template: { spec: { containers: [{ command: ["/sluice/sluice-launch", "exec", "--", "/web"] }] } },
      },
    });
    expect(JSON.parse(String(changed?.getIn([...container, "env", 0, "value"])))).toMatchObject({
      env: { TOKEN: "secret://prod/token" },
    });
  });

  it("changes what it has changed no further, and reads standard input", async () => {
    const once = await run(["mutate", "-f", "shop.yaml", "--settings", "webhook.yaml"]);
    const twice = await run(["mutate", "-f", "-", "--settings", "webhook.yaml"], once.stdout);
    expect(twice).toEqual(once);
  });

  it("writes aliases out where they would stand for two places", async () => {
    const { code, stdout } = await run(["mutate", "-f", "aliased.yaml", "--settings", "webhook.yaml"]);
    expect(code).toBe(0);
    expect(stdout).toContain("SLUICE_PLAN");
    expect(parseAllDocuments(stdout).every(({ errors }) => errors.length === 0)).toBe(true);
  });

  it("prints nothing when a pod would be denied", async () => {
    const { code, stdout, stderr } = await run(["mutate", "-f", "bad.yaml", "--settings", "webhook.yaml"]);
    expect([code, stdout]).toEqual([78, ""]);
    expect(stderr).toContain("bad.yaml:10:15: Pod p: Container");
  });

  it("says where settings are wrong, and what is missing", async () => {
    const wrong = await run(["mutate", "-f", "shop.yaml", "--settings", "wrong.yaml"]);
    expect(wrong.code).toBe(78);
    expect(wrong.stderr).toContain('wrong.yaml:1:11: unknown key "adress"\n  → Did you mean "address"?');
    expect(wrong.stderr).toContain("wrong.yaml:2:");
    const none = await run(["mutate", "-f", "shop.yaml"]);
    expect(none.stderr).toContain("Neither --broker nor broker.address");
  });
});

describe("sluice explain -f", () => {
  it("shows what each container gets, and the lines that change, whatever a broker's address is", async () => {
    const { code, stdout, stderr } = await run(["explain", "-f", "shop.yaml"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^shop\.yaml: Deployment web\n.*\n.*\bweb +TOKEN +secret:\/\/prod\/token\n/);
    expect(stdout).toContain("--- shop.yaml\n+++ shop.yaml (as the webhook makes it)\n@@");
    expect(stdout).toMatch(/^\+.*sluice-launch/m);
    expect(stdout).toContain("https://BROKER");
    expect(stdout).not.toContain("\u001B");
    // Lines are added, one is written otherwise, and none because it had another form.
    expect(stdout.match(/^-(?!--).*$/gm)).toEqual([`-          command: [ "/web" ]`]);
  });

  it("takes settings where it is given them, and prints data", async () => {
    const args = ["explain", "-f", "shop.yaml", "--settings", "webhook.yaml", "-o", "json"];
    const { stdout } = await run(args);
    const [file] = JSON.parse(stdout) as { readonly diff: string }[];
    expect(file).toMatchObject({
      file: "shop.yaml",
      pods: [{ variables: [{ container: "web", variable: "TOKEN", from: "secret://prod/token" }] }],
    });
    expect(file?.diff).toContain("https://10.96.4.2:8443");
  });

  it("shows the files that are written, and what they are made of", async () => {
    const annotations = `{ sluice.dev/file.db: "x=\${secret://prod/db#a} \${secret://prod/db#b}" }`;
    const container = "{ name: web, image: x, securityContext: { runAsUser: 5 } }";
    const manifest = `kind: Pod\napiVersion: v1\nmetadata: { name: p, annotations: ${annotations} }\nspec: { containers: [${container}] }\n`;
    const { code, stdout } = await run(["explain", "-f", "-"], manifest);
    expect(code).toBe(0);
    expect(stdout).toMatch(/sluice-write-web +\/secrets\/db +secret:\/\/prod\/db#a secret:\/\/prod\/db#b\n/);
    expect(await run(["lint", "-f", "-"], manifest)).toMatchObject({ code: 0, stderr: "" });
  });

  it("says what would be denied", async () => {
    const { code, stdout, stderr } = await run(["explain", "-f", "bad.yaml"]);
    expect([code, stdout]).toEqual([78, ""]);
    expect(stderr).toContain('bad.yaml:12:11: Pod p: Container "ok": an argument holds a reference');
  });
});

describe("sluice lint", () => {
  it("lists every problem with its line, and quotes nothing around a reference", async () => {
    const { code, stderr } = await run(["lint", "-f", "bad.yaml"]);
    expect(code).toBe(78);
    expect(stderr).toContain(
      'SLU1401: bad.yaml:10:15: Pod p: Container "web": Variable B: Malformed reference',
    );
    expect(stderr).toContain('SLU1401: bad.yaml:12:11: Pod p: Container "ok": an argument holds a reference');
    expect(stderr).not.toContain("hunter2");
  });

  it("says nothing of what is right, and warns of what is not there", async () => {
    expect(await run(["lint", "-f", "shop.yaml"])).toMatchObject({ code: 0, stdout: "", stderr: "" });
    const { code, stderr } = await run(["lint", "-f", "-"], SHOP.slice(SHOP.indexOf("apiVersion: apps")));
    expect(code).toBe(0);
    expect(stderr).toContain("warning: standard input:");
    expect(stderr).toContain('ConfigMap "settings" is not there yet');
  });

  it("writes SARIF that fits the schema of OASIS, with every finding at its line", async () => {
    const { code, stdout, stderr } = await run(["lint", "-o", "sarif", "-f", "bad.yaml"]);
    expect({ code, stderr }).toEqual({ code: 78, stderr: "" });
    const log = JSON.parse(stdout) as Log;
    expect(new Validator(sarifSchema, "7", false).validate(log).errors).toEqual([]);
    expect(stdout).not.toContain("hunter2");
    const found = (log.runs[0]?.results ?? []).map(({ ruleId, locations }) => {
      const { artifactLocation, region } = locations?.[0]?.physicalLocation ?? {};
      return [ruleId, artifactLocation?.uri, region?.startLine, region?.startColumn];
    });
    expect(found).toEqual([
      ["SLU1401", "bad.yaml", 10, 15],
      ["SLU1401", "bad.yaml", 12, 11],
    ]);
    const clean = await run(["lint", "-o", "sarif", "-f", "shop.yaml"]);
    expect(clean).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(clean.stdout)).toMatchObject({ runs: [{ results: [] }] });
  });

  it("does not take what is no YAML", async () => {
    const { code, stderr } = await run(["lint", "-f", "-"], "a: [b\n");
    expect(code).toBe(78);
    expect(stderr).toContain("SLU1102: standard input:");
  });
});
