import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { text as readText } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { launcherProgram } from "../../servers/launcher.js";
import { freePort } from "../../servers/shared/free-port.js";
import { BrokerWorld, SERVER_NAME } from "./broker-world.js";
import { containerToken, createPod } from "./test-pods.js";

const program = await launcherProgram();

await describeOnKubernetes("with a real launcher", (cluster) => {
  describe.skipIf(program === undefined)("the launcher and the broker", () => {
    let world: BrokerWorld;
    const access = [{ namespaces: ["*"], serviceAccounts: ["web"], paths: ["**"] }];
    const stores = { prod: { provider: "file", options: { path: "secrets.env" }, access } };
    beforeAll(async () => {
      world = await BrokerWorld.open(cluster);
      await world.write("secrets.env", `a=${world.secret("launched")}\n`);
    });
    afterAll(async () => world.close());

    let pods = 0;
    /** Starts a command as the webhook would have it started in a container of a new pod. */
    async function launch(port: number, env: Record<string, string>, serviceAccount = "web") {
      pods += 1;
      const name = `pod-${pods}`;
      const file = `${world.folder}/token-${pods}`;
      const source = { serverName: SERVER_NAME, roots: world.authority.ca, token: file, waitSeconds: 60 };
      const namespace = await world.newNamespace();
      const pod = await createPod(world.admin, {
        namespace,
        name,
        serviceAccount,
        containers: { web: env },
        plan: { source },
      });
      const token = await containerToken(world.admin, pod, "web");
      world.toxic.add(token);
      await world.write(`token-${pods}`, token);
      const plan = pod.containers[0]?.env[0]?.value ?? "";
      const variables = {
        PATH: "/usr/bin:/bin",
        SLUICE_PLAN: plan,
        SLUICE_SOURCE: `https://127.0.0.1:${port}`,
      };
      const child = spawn(program ?? "", ["exec", "--", "printenv"], { env: variables });
      const said = Promise.all([once(child, "exit"), readText(child.stdout), readText(child.stderr)]);
      const ended = said.then(([[code], stdout, stderr]) => ({ code: code as number, stdout, stderr }));
      return { child, ended };
    }

    it("start a command with its secrets, however long the broker is away before", async () => {
      const port = await freePort();
      const { child, ended } = await launch(port, { A: "secret://prod/a", B: "<${secret://prod/a}>" });
      const [first] = (await once(child.stderr, "data")) as [Buffer];
      expect(String(first)).toContain("127.0.0.1");
      const broker = await world.start({ stores, port });
      const { code, stdout } = await ended;
      await broker.stop();
      const value = world.secret("launched");
      expect({ code, stdout }).toEqual({ code: 0, stdout: `PATH=/usr/bin:/bin\nA=${value}\nB=<${value}>\n` });
      expect(world.audit().at(-1)).toMatchObject({ event: "released" });
    });

    it.each([
      [77, 403, { A: "secret://prod/a" }, "other"],
      [66, 404, { A: "secret://prod/absent" }, "web"],
      [78, 422, { A: "secret://gone/a" }, "web"],
    ])("end with %i where it is refused with %i, and say for what", async (code, status, env, account) => {
      const port = await freePort();
      const broker = await world.start({ stores, port });
      const { ended } = await launch(port, env, account);
      const result = await ended;
      await broker.stop();
      expect(result).toMatchObject({ code, stdout: "" });
      world.told.push(result.stderr);
      expect(world.audit().at(-1)).toMatchObject({ event: "refused", status });
      expect(result.stderr).toContain(env.A);
    });

    it("nothing that either told holds a value or a token", async () => {
      expect(world.leaks()).toEqual([]);
      await rm(world.folder, { recursive: true, force: true });
    });
  });
});
