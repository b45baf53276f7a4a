import { once } from "node:events";
import { issueLeaf, issueRoot } from "@sluice/webhook";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { sluice, startSluice } from "../../support/sluice.js";
import { createWorkspace, type Workspace } from "../../support/workspace.js";

const DAY = 86_400_000;
const ANYWHERE = { listen: "127.0.0.1:0", management: "127.0.0.1:0" };
const TLS = { "tls-cert": "tls.crt", "tls-key": "tls.key" };

await describeOnKubernetes("sluice serve", (cluster) => {
  let workspace: Workspace;

  beforeAll(async () => {
    const now = Date.now();
    const root = await issueRoot("test", DAY, now);
    const leaf = await issueLeaf(root, { names: [], addresses: ["127.0.0.1"], lifetimeMs: DAY, now });
    const broker = { ...ANYWHERE, ...TLS, stores: "stores.yaml", kubeconfig: cluster.kubeconfig };
    const webhook = {
      ...ANYWHERE,
      ...TLS,
      tls: "files",
      lame: 1,
      kubeconfig: cluster.kubeconfig,
      stores: "stores.yaml",
      broker: "https://10.96.4.2:8443",
      "broker-roots": "roots.pem",
      "launcher-image": "launcher:1",
      dialects: ["sluice", "atarraya"],
      "look-up-secrets": false,
    };
    workspace = createWorkspace({
      "serve.yaml": JSON.stringify({ broker, webhook }),
      "shared.yaml": JSON.stringify({
        broker: { ...broker, management: undefined },
        webhook: { ...webhook, management: undefined },
      }),
      "broken.yaml": JSON.stringify({ broker: { ...broker, "tls-cert": "gone.crt" }, webhook }),
      "wrong.yaml": "broker: { lisen: x }\n",
      "stores.yaml": "stores: { prod: { provider: vault, identity: pod, tokenAudience: of-the-store } }\n",
      "roots.pem": root.cert,
      "tls.crt": leaf.cert,
      "tls.key": leaf.key,
    });
  });
  afterAll(() => workspace[Symbol.dispose]());

  const serve = (options: string, modes = "webhook,broker"): readonly string[] =>
    `serve --modes ${modes} --management 127.0.0.1:0 --options ${options}`.split(" ");

  /** Starts modes, and waits until both serve. */
  async function startModes(options: string) {
    const child = startSluice(serve(options), { cwd: workspace.path });
    let written = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (chunk: string) => (written += chunk));
    const serving = () =>
      written
        .split("\n")
        .filter((line) => line.includes('"msg":"serving"'))
        .map((line) => JSON.parse(line) as { readonly component: string; readonly management: string });
    await waitUntil("both serve", () => serving().length === 2 || child.exitCode !== null);
    return { child, serving: serving() };
  }

  it("runs modes beside each other, each with options of its own, and stops them together", async () => {
    const { child, serving } = await startModes("serve.yaml");
    expect(serving.map(({ component }) => component).sort()).toEqual(["broker", "webhook"]);
    expect(new Set(serving.map(({ management }) => management)).size).toBe(2);
    for (const { management } of serving)
      await waitUntil("it is ready", async () => (await fetch(`http://${management}/readyz`)).ok);
    const ended = once(child, "close");
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });

  it("answers probes of all of them at one address, and tells the metrics of each", async () => {
    const { child, serving } = await startModes("shared.yaml");
    const [{ management } = { management: "" }, other] = serving;
    expect(other?.management).toBe(management);
    await waitUntil("all are ready", async () => (await fetch(`http://${management}/readyz`)).ok);
    const metrics = await (await fetch(`http://${management}/metrics`)).text();
    for (const mode of ["webhook", "broker"])
      expect(metrics).toMatch(new RegExp(`^process_cpu_seconds_total\\{mode="${mode}"\\} `, "m"));
    expect(metrics.match(/^# TYPE process_cpu_seconds_total /gm)).toHaveLength(1);
    const ended = once(child, "close");
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });

  it.each([
    ["webhook,broker", "broken.yaml", "gone.crt"],
    ["broker,webhook", "broken.yaml", "gone.crt"],
    // It fails before the others have begun.
    ["generate,webhook,broker", "serve.yaml", "sluice.yaml"],
  ])("ends as the mode that fails does, and leaves none running: %s", async (modes, options, why) => {
    const { code, stderr } = await sluice(serve(options, modes), { cwd: workspace.path });
    expect(code).toBe(78);
    expect(stderr).toContain(why);
  });

  it("names what is wrong in its options, with the place", async () => {
    const { code, stderr } = await sluice(serve("wrong.yaml"), { cwd: workspace.path });
    expect(code).toBe(78);
    expect(stderr).toContain('SLU1103: wrong.yaml:1:11: unknown key "lisen"');
    const other = await sluice(["serve", "--modes", "brokr"], { cwd: workspace.path });
    expect(other.code).toBe(64);
    expect(other.stderr).toContain("did you mean broker?");
  });
});
