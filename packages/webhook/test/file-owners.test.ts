import { parseFilesPlan } from "@sluice/core/plan";
import type { Container, Pod } from "@sluice/core/pod";
import { createAdmission } from "@sluice/webhook";
import { describe, expect, it } from "vitest";
import { ASKING, denial, mutated, pod, signal, variables, web, WRITING } from "./file-pods.js";
import { optionsOf, requestOf } from "./support.js";

describe("whom files are for", () => {
  const owned = async (own: object | undefined, ofPod: object | undefined) => {
    const container = { ...web, env: [], securityContext: own };
    return ownerIn(await mutated(pod(ASKING, [container], { securityContext: ofPod })));
  };

  const ownerIn = (changed: Pod) => {
    const [writer] = changed.spec.initContainers ?? [];
    const { runAsUser, runAsGroup } = (writer as Container)["securityContext"] as Record<string, unknown>;
    const { files } = parseFilesPlan(variables(writer as Container)["SLUICE_FILES"] ?? "");
    return { owner: files[0]?.owner, runAsUser, runAsGroup };
  };

  it("is the container's user, or the pod's", async () => {
    expect(await owned({ runAsUser: 5 }, { runAsUser: 6, fsGroup: 7 })).toEqual({
      owner: { uid: 5 },
      runAsUser: 5,
    });
    expect(await owned(undefined, { runAsUser: 6 })).toEqual({ owner: { uid: 6 }, runAsUser: 6 });
  });

  it("is root's group, for who writes is never root", async () => {
    expect(await owned({ runAsUser: 0 }, { fsGroup: 7 })).toEqual({
      owner: { gid: 0 },
      runAsUser: 65_532,
      runAsGroup: 0,
    });
  });

  it.each<[string | undefined, object]>([
    ["1001", { owner: { uid: 1001 }, runAsUser: 1001 }],
    ["1001:7", { owner: { uid: 1001 }, runAsUser: 1001 }],
    [undefined, { owner: { gid: 0 }, runAsUser: 65_532, runAsGroup: 0 }],
    ["root", { owner: { gid: 0 }, runAsUser: 65_532, runAsGroup: 0 }],
  ])("is the user %s of its image, where the pod names nobody", async (user, expected) => {
    const commandOf = async () => Promise.resolve({ entrypoint: ["/x"], cmd: [], ...(user && { user }) });
    const asking = createAdmission(optionsOf({ settings: WRITING, commands: { commandOf } }));
    const subject = pod(ASKING, [{ ...web, env: [], securityContext: {} }]);
    const changed = await mutated(subject, asking);
    expect(ownerIn(changed)).toEqual(expected);
    expect(await mutated(changed, asking)).toEqual(changed);
    expect(await asking.validate(requestOf(changed), signal)).toMatchObject({ allowed: true });
    // What the pod says is not looked up.
    expect(
      ownerIn(
        await mutated(pod(ASKING, subject.spec.containers, { securityContext: { fsGroup: 7 } }), asking),
      ),
    ).toEqual({
      owner: { gid: 7 },
      runAsUser: 65_532,
    });
  });

  it("is not the user of an image that has a name only", async () => {
    const commandOf = async () => Promise.resolve({ entrypoint: ["/x"], cmd: [], user: "app" });
    const asking = createAdmission(optionsOf({ settings: WRITING, commands: { commandOf } }));
    expect(await denial(pod(ASKING, [{ ...web, securityContext: {} }]), asking)).toContain("runAsUser");
  });

  it("is the pod's fsGroup where there is one, and none is added", async () => {
    expect(await owned(undefined, { fsGroup: 7 })).toEqual({ owner: { gid: 7 }, runAsUser: 65_532 });
    expect(await denial(pod(ASKING, [{ ...web, securityContext: {} }]))).toContain("runAsUser");
  });
});
