import { parseFilesPlan } from "@sluice/core/plan";
import type { Container, Pod } from "@sluice/core/pod";
import { describe, expect, it } from "vitest";
import { admission, denial, mutated, pod, signal, variables, web } from "./file-pods.js";
import { requestOf } from "./support.js";

const app: Container = { ...web, env: [] };
const migrate: Container = { ...app, name: "migrate", securityContext: { runAsUser: 2000 } };
const proxy: Container = { ...app, name: "proxy", restartPolicy: "Always" };

const FOR = {
  "sluice.dev/file.db": "secret://prod/db",
  "sluice.dev/file-containers.db": "migrate, proxy",
  "sluice.dev/file.key": "secret://prod/key",
};

describe("files for named containers", () => {
  it("are written before an init container or a sidecar that is named, and for it alone", async () => {
    const { spec } = await mutated(pod(FOR, [app], { initContainers: [migrate, proxy] }));
    const names = (spec.initContainers ?? []).map(({ name }) => name);
    expect(new Set(names)).toEqual(
      new Set(["sluice-write-migrate", "sluice-write-proxy", "sluice-write-web", "migrate", "proxy"]),
    );
    expect(names.slice(-2)).toEqual(["migrate", "proxy"]);
    const written = (spec.initContainers ?? [])
      .filter(({ name }) => name.startsWith("sluice-write-"))
      .map((writer) => {
        const { files } = parseFilesPlan(variables(writer)["SLUICE_FILES"] ?? "");
        return [writer.name, ...files.map(({ path, owner }) => `${path} ${owner?.uid}`)];
      });
    expect(Object.fromEntries(written.map(([name, ...files]) => [name, files]))).toEqual({
      "sluice-write-migrate": ["/secrets/db 2000"],
      "sluice-write-proxy": ["/secrets/db 1000"],
      "sluice-write-web": ["/secrets/key 1000"],
    });
    const mounts = [...(spec.initContainers ?? []), ...spec.containers].map(({ name, volumeMounts = [] }) => [
      name,
      volumeMounts.map((mount) => mount.name).filter((volume) => volume.startsWith("sluice-files-")),
    ]);
    expect(Object.fromEntries(mounts)).toMatchObject({
      migrate: ["sluice-files-migrate-0"],
      proxy: ["sluice-files-proxy-0"],
      web: ["sluice-files-web-0"],
    });
  });

  it("come out the same when they come again, and are valid only with their writer before them", async () => {
    const once = await mutated(pod(FOR, [app], { initContainers: [migrate, proxy] }));
    expect(await mutated(once)).toEqual(once);
    const check = async (subject: Pod): Promise<boolean> =>
      (await admission.validate(requestOf(subject), signal)).allowed;
    expect(await check(once)).toBe(true);
    const initContainers = [...(once.spec.initContainers ?? [])].reverse();
    expect(await check({ ...once, spec: { ...once.spec, initContainers } })).toBe(false);
  });

  it("are given to no other app container", async () => {
    const annotations = { "sluice.dev/file.a": "secret://prod/a", "sluice.dev/file-containers.a": "web" };
    const { spec } = await mutated(pod(annotations, [app, { ...app, name: "log" }]));
    expect(spec.containers.map(({ volumeMounts = [] }) => volumeMounts.length)).toEqual([1, 0]);
  });

  it("are denied for a container that the pod does not have, and for one that is added to it later", async () => {
    expect(await denial(pod(FOR, [app]))).toContain('names container "migrate", which the pod does not have');
    const debugged = pod({ ...FOR, "sluice.dev/file-containers.db": "debug" }, [app], {
      ephemeralContainers: [{ name: "debug", image: "d" }],
    });
    const request = requestOf(debugged, { operation: "UPDATE", resource: "pods/ephemeralcontainers" });
    expect(await admission.mutate(request, signal)).toMatchObject({
      allowed: false,
      message: expect.stringContaining("names debug, which is added to a pod that exists"),
    });
  });
});
