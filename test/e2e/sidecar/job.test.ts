import { expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { createWorkspace } from "../../support/workspace.js";
import { ask, must, newNamespace } from "../webhook/support.js";
import { startSidecar } from "./sidecar-process.js";

await describeOnKubernetes("a sidecar of a job, on a cluster without native sidecars", (cluster) => {
  it("ends when every other container has", async () => {
    const namespace = await newNamespace(cluster);
    const containers = ["job", "sluice-agent"].map((name) => ({ name, image: "x" }));
    const path = `/api/v1/namespaces/${namespace}/pods`;
    await must(
      ask(cluster, "POST", path, { metadata: { name: "job" }, spec: { restartPolicy: "Never", containers } }),
    );
    using workspace = createWorkspace({
      "sluice.yaml": JSON.stringify({ stores: { dev: { provider: "file", path: "./secrets.env" } } }),
      "secrets.env": "A=x\n",
    });
    const file = { path: `${workspace.path}/files/a`, content: { format: "raw", text: "secret://dev/A" } };
    workspace.write("files.yaml", JSON.stringify({ roots: [`${workspace.path}/files`], files: [file] }));
    const sidecar = startSidecar(workspace, ["--end-with-pod", `${namespace}/job`], {
      KUBECONFIG: cluster.kubeconfig,
    });
    await sidecar.ready();
    const status = {
      containerStatuses: [
        ["job", { terminated: { exitCode: 0 } }],
        ["sluice-agent", { running: {} }],
      ].map(([name, state]) => ({ name, state, ready: false, restartCount: 0, image: "x", imageID: "" })),
    };
    const patch = "application/merge-patch+json";
    await must(ask(cluster, "PATCH", `${path}/job/status`, { status }, patch));
    await waitUntil("it ends", () => sidecar.child.exitCode !== null);
    expect(sidecar.child.exitCode).toBe(0);
    expect(sidecar.said()).toContain("every other container has ended");
  }, 90_000);
});
