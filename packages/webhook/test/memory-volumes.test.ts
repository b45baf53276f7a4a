import type { Container } from "@sluice/core/pod";
import { describe, expect, it } from "vitest";
import { hashicorp, mutated, named, talend } from "./agent-pods.js";
import { admissionWith, ASKING, mutated as withFiles, pod, web, WRITING } from "./file-pods.js";

const limitOf = ({ resources }: Container): string | undefined =>
  (resources as { readonly limits?: { readonly memory?: string } }).limits?.memory;

/** 160 MiB are the agent's program, 4 its state. */
describe("volumes in memory are counted into the limit of who writes them", () => {
  it("an agent's, each folder of files with 8 MiB", async () => {
    const agentOf = async (annotations: Readonly<Record<string, string>>) =>
      limitOf(named((await mutated(hashicorp(annotations))).spec.initContainers, "sluice-agent"));
    expect(await agentOf({})).toBe("172Mi");
    expect(await agentOf({ "agent-inject-secret-b": "secret/b", "secret-volume-path-b": "/etc/app" })).toBe(
      "180Mi",
    );
    expect(await agentOf({ "agent-limits-mem": "1Gi" })).toBe("1036Mi");
  });

  it("an agent's whose pod brings its own volume, as large as that is", async () => {
    const own = (emptyDir: object) =>
      talend({}, { volumes: [{ name: "secrets", emptyDir: { medium: "Memory", ...emptyDir } }] });
    const agentOf = async (emptyDir: object) =>
      limitOf(named((await mutated(own(emptyDir))).spec.initContainers, "sluice-agent"));
    expect(await agentOf({ sizeLimit: "64Mi" })).toBe("228Mi");
    expect(await agentOf({ sizeLimit: "1Ki" })).toBe("165Mi");
    expect(await agentOf({})).toBe("172Mi");
  });

  it("a writer's, each folder with what its settings say", async () => {
    const two = { ...ASKING, "sluice.dev/file.b": "secret://prod/b", "sluice.dev/file-path.b": "/etc/app/b" };
    const writerOf = async (annotations: Readonly<Record<string, string>>, sizeLimit?: string) => {
      const writer = { image: "example.test/sluice:1", ...(sizeLimit !== undefined && { sizeLimit }) };
      const admission = admissionWith({ ...WRITING, writer });
      const changed = await withFiles(pod(annotations, [{ ...web, env: [] }]), admission);
      return limitOf(named(changed.spec.initContainers, "sluice-write-web"));
    };
    expect(await writerOf(ASKING)).toBe("192Mi");
    expect(await writerOf(two)).toBe("200Mi");
    expect(await writerOf(two, "1Gi")).toBe("2232Mi");
  });

  it("the launcher's, where it is copied into memory: 16 MiB for it, and what it runs in", async () => {
    const launcher = { image: "l", delivery: "copy", medium: "Memory" } as const;
    const changed = await withFiles(pod({}, [web]), admissionWith({ ...WRITING, launcher }));
    expect(limitOf(named(changed.spec.initContainers, "sluice-install"))).toBe("32Mi");
    expect(changed.spec.volumes).toContainEqual({
      name: "sluice-launcher",
      emptyDir: { medium: "Memory", sizeLimit: "16Mi" },
    });
  });
});
