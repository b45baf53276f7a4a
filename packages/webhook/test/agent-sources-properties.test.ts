import { containersOf, type Pod } from "@sluice/core/pod";
import { akv2k8s, atarraya, sluice, vaultK8s } from "@sluice/dialects";
import {
  agentContainers,
  createAdmission,
  execWrap,
  filesAtStart,
  launcherDelivery,
  tokenVolumes,
} from "@sluice/webhook";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { AGENT, patched, signal } from "./agent-pods.js";
import { arbitraryPod } from "./arbitrary-pod.js";
import { lookupsOf, OBJECTS, optionsOf, PODS, requestOf, SETTINGS } from "./support.js";

const store = AGENT.stores["vault"] ?? {};
const admission = createAdmission({
  ...optionsOf({ lookups: lookupsOf(OBJECTS) }),
  dialects: [sluice(), atarraya(), akv2k8s(), vaultK8s()],
  strategies: [agentContainers(), launcherDelivery(), filesAtStart(), tokenVolumes(), execWrap()],
  settings: { ...SETTINGS, agent: { ...AGENT, stores: { vault: store, prod: store } } },
  commands: { commandOf: async () => Promise.resolve({ entrypoint: ["/entry"], cmd: [] }) },
});

const ASKING = fc.constantFrom<Record<string, string>>(
  { "sluice.dev/source": "sidecar", "sluice.dev/role": "web" },
  { "sluice.dev/source": "sidecar" },
  {
    "sluice.dev/source": "sidecar",
    "vault.hashicorp.com/agent-inject": "true",
    "vault.hashicorp.com/role": "web",
    "vault.hashicorp.com/agent-inject-secret-db": "secret/db",
  },
  // Its probes may need what only a sidecar answers.
  {
    "vault.hashicorp.com/agent-inject": "true",
    "vault.hashicorp.com/role": "web",
    "vault.hashicorp.com/agent-inject-secret-db": "secret/db",
  },
);

it("whatever a pod is, each socket is for one container and the agent, and what is admitted stays the same", async () => {
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(arbitraryPod, ASKING, async (generated, annotations) => {
      const pod = JSON.parse(JSON.stringify({ ...generated, metadata: { annotations } })) as Pod;
      const answer = await admission.mutate(requestOf(pod), signal);
      if (!answer.allowed) return;
      const changed = patched(pod, answer);
      expect(await admission.mutate(requestOf(changed), signal)).toMatchObject({ allowed: true, patch: [] });
      expect(await admission.validate(requestOf(changed), signal)).toMatchObject({ allowed: true });
      for (const [container, kind] of containersOf(changed)) {
        const source = container.env?.findLast(({ name }) => name === "SLUICE_SOURCE")?.value ?? "";
        const mounts = container.volumeMounts ?? [];
        const sockets = mounts.filter(({ name }) => name.startsWith("sluice-source-"));
        if (container.name === "sluice-agent") continue;
        const isServed = source.startsWith("unix:");
        if (isServed) answered += 1;
        const hasToken = mounts.some(({ name }) => name.startsWith("sluice-token-"));
        expect(isServed && (kind !== "app" || hasToken)).toBe(false);
        expect(sockets).toEqual(
          isServed
            ? [
                {
                  name: `sluice-source-${container.name}`,
                  mountPath: "/var/run/secrets/sluice-source",
                  readOnly: true,
                },
              ]
            : [],
        );
      }
    }),
    { numRuns: Math.min(PODS, 1_000) },
  );
  // The generator makes many that are answered.
  expect(answered).toBeGreaterThan(30);
}, 600_000);
