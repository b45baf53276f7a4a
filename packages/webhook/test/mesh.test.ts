import type { Pod } from "@sluice/core/pod";
import { createAdmission, type InjectionSettings } from "@sluice/webhook";
import { applyPatch, type Operation } from "rfc6902";
import { describe, expect, it } from "vitest";
import { plain, pod, web } from "./mutate.js";
import { optionsOf, requestOf, SETTINGS } from "./support.js";

const ISTIO = "traffic.sidecar.istio.io/excludeOutboundPorts";
const LINKERD = "config.linkerd.io/skip-outbound-ports";
const { signal } = new AbortController();

async function admit(subject: Pod, more: Partial<InjectionSettings> = {}) {
  const admission = createAdmission(optionsOf({ settings: { ...SETTINGS, ...more } }));
  const answer = await admission.mutate(requestOf(subject), signal);
  if (!answer.allowed) throw new Error(answer.message);
  const changed = JSON.parse(JSON.stringify(subject)) as Pod;
  applyPatch(changed, JSON.parse(JSON.stringify(answer.patch)) as Operation[]);
  return { changed, annotations: changed.metadata?.annotations, warnings: answer.warnings };
}

const annotated = (annotations: Record<string, string>) => pod([web], {}, annotations);
const labelled = (labels: Record<string, string>): Pod => ({ ...pod([web]), metadata: { labels } });

describe("a pod in a service mesh", () => {
  it.each<[string, Pod, string | undefined, string | undefined]>([
    ["no mesh", pod([web]), undefined, undefined],
    ["Istio by its label", labelled({ "sidecar.istio.io/inject": "true" }), "8443", undefined],
    ["Istio by its annotation", annotated({ "sidecar.istio.io/inject": "true" }), "8443", undefined],
    ["Istio by its revision", labelled({ "istio.io/rev": "canary" }), "8443", undefined],
    ["Istio by its proxy", pod([web, { ...plain, name: "istio-proxy" }]), "8443", undefined],
    [
      "not Istio, on purpose",
      labelled({ "istio.io/rev": "x", "sidecar.istio.io/inject": "false" }),
      undefined,
      undefined,
    ],
    ["Linkerd", annotated({ "linkerd.io/inject": "enabled" }), undefined, "8443"],
    ["not Linkerd, on purpose", annotated({ "linkerd.io/inject": "disabled" }), undefined, undefined],
    [
      "Linkerd by its proxy",
      pod([web], { initContainers: [{ ...plain, name: "linkerd-proxy" }] }),
      undefined,
      "8443",
    ],
  ])("that shows it: %s", async (_, subject, istio, linkerd) => {
    const { annotations } = await admit(subject);
    expect([annotations?.[ISTIO], annotations?.[LINKERD]]).toEqual([istio, linkerd]);
  });

  it("is in those that the operator names, and in no others", async () => {
    const named = await admit(pod([web]), { mesh: ["istio", "linkerd"] });
    expect(named.annotations).toEqual({ [ISTIO]: "8443", [LINKERD]: "8443" });
    const none = await admit(labelled({ "istio.io/rev": "x" }), { mesh: [] });
    expect(none.annotations).toBeUndefined();
    const source = { ...SETTINGS.source, address: "https://10.0.0.7" };
    expect((await admit(pod([web]), { mesh: ["istio"], source })).annotations).toEqual({ [ISTIO]: "443" });
  });

  it.each([
    ["5432", "5432,8443"],
    ["5432, 9000-9100", "5432, 9000-9100,8443"],
    ["", "8443"],
    ["8443", "8443"],
    ["80, 8443 ,90", "80, 8443 ,90"],
    ["8000-9000", "8000-9000"],
    ["*", "*"],
    ["18443", "18443,8443"],
  ])("that has %j excluded already has %j then, and stays so", async (before, after) => {
    for (const name of [ISTIO, LINKERD]) {
      const settings = { mesh: [name === ISTIO ? ("istio" as const) : ("linkerd" as const)] };
      const { changed, annotations } = await admit(annotated({ [name]: before }), settings);
      expect(annotations).toEqual({ [name]: after });
      expect((await admit(changed, settings)).changed).toEqual(changed);
    }
  });

  it("is left as it is where nothing is injected", async () => {
    expect((await admit(pod([plain]), { mesh: ["istio"] })).changed).toEqual(pod([plain]));
  });

  it("whose proxy was there before is warned of it, unless its rules leave the port out", async () => {
    const init = (args: readonly string[]) =>
      pod([web], { initContainers: [{ ...plain, name: "istio-init", args }] });
    expect((await admit(init(["istio-iptables", "-p", "15001"]))).warnings).toEqual([
      `sluice: istio-init was added before Sluice was asked and may lead launchers into the mesh: give the pod the annotation ${ISTIO}: "8443"`,
    ]);
    expect((await admit(init(["istio-iptables", "-o", "5432,8443"]))).warnings).toEqual([]);
    const { changed } = await admit(init([]));
    expect((await admit(changed)).warnings).toEqual([]);
  });
});
