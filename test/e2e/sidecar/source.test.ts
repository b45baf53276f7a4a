import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formatPlan, type InjectionPlan } from "@sluice/core/plan";
import { afterAll, describe, expect, it } from "vitest";
import { realVault } from "../../../packages/provider-vault/test/real-vault.js";
import { launcherProgram } from "../../servers/launcher.js";
import { run } from "../process/support.js";
import { startSidecar } from "./sidecar-process.js";
import { openVaultWorld } from "./vault-world.js";

const server = await realVault();
const program = await launcherProgram();

describe.runIf(server.available && program !== undefined)("a launcher whose source is the sidecar", () => {
  afterAll(server.stop);
  const { api } = server;

  const planOf = (env: InjectionPlan["env"], container = "web"): string =>
    formatPlan({ version: 1, minReader: 1, critical: [], container, env, source: { waitSeconds: 0 } });

  it("is given what its plan asks for, shares the lease of the files, and keeps its own", async () => {
    const world = await openVaultWorld(server, { ttl: 60, max_ttl: 600 });
    await api("POST", "secret/data/exec", { data: { a: "first" } });
    using workspace = world.workspace({
      roots: ["ROOT"],
      files: [
        {
          path: "ROOT/pair",
          content: {
            format: "go-template",
            store: "bao",
            template: `{{ with secret "${world.creds}" }}{{ .Data.username }}{{ end }}`,
          },
        },
      ],
    });
    const plan = planOf({
      A: "secret://bao/secret/exec#a",
      USER_NAME: `secret://bao/${world.creds}#username`,
      OWN_NAME: `secret://bao/${world.creds}?volatile=true#username`,
    });
    workspace.write("web.json", plan);
    const sidecar = startSidecar(workspace, ["--source", "web.json=socket/web"]);
    await sidecar.ready();
    const socket = join(workspace.path, "socket/web");
    const launch = async (text: string, ...command: readonly string[]) =>
      run([program ?? "", ...command], {
        env: { PATH: "/usr/bin:/bin", SLUICE_PLAN: text, SLUICE_SOURCE: `unix:${socket}` },
      });
    const exec = ["exec", "--", "/bin/sh", "-c", 'printf "%s %s %s" "$A" "$USER_NAME" "$OWN_NAME"'];

    expect(await launch(plan, "check")).toMatchObject({ code: 0 });
    const user = readFileSync(join(workspace.path, "files/pair"), "utf8");
    const started = await launch(plan, ...exec);
    const [, , own = ""] = started.stdout.split(" ");
    expect(started).toMatchObject({ code: 0, stdout: `first ${user} ${own}` });
    expect(own).not.toBe("");
    expect(own).not.toBe(user);
    await api("POST", "secret/data/exec", { data: { a: "second" } });
    // As a probe does, however often.
    for (let run = 0; run < 3; run += 1)
      expect(await launch(plan, ...exec)).toMatchObject({ code: 0, stdout: `second ${user} ${own}` });
    expect(world.users().made).toBe(2);

    // The plan of another container, and one that was made up.
    expect((await launch(planOf({ A: "secret://bao/secret/exec#a" }, "other"), ...exec)).code).toBe(77);
    expect((await launch(planOf({ A: "secret://bao/secret/else#a" }), ...exec)).code).toBe(77);
    expect(await sidecar.stop()).toBe(0);
    expect((await launch(plan, "check")).code).toBe(69);
    expect(world.users()).toEqual({ made: 2, removed: 2 });
  }, 60_000);
});
