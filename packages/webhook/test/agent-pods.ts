import type { Container, Pod } from "@sluice/core/pod";
import { type FilesPlan, parseFilesPlan } from "@sluice/core/plan";
import { bankVaults, sluice, vaultK8s, vaultSidecarInjector } from "@sluice/dialects";
import {
  type Admission,
  type AdmissionAnswer,
  agentContainers,
  type AgentSettings,
  createAdmission,
  execWrap,
  filesAtStart,
  launcherDelivery,
  tokenVolumes,
} from "@sluice/webhook";
import { applyPatch, type Operation } from "rfc6902";
import { expect } from "vitest";
import { optionsOf, requestOf, SETTINGS } from "./support.js";

export const AGENT: AgentSettings = {
  image: "example.test/sluice:1",
  stores: {
    vault: {
      provider: "vault",
      address: "https://vault.test:8200",
      auth: { kubernetes: { role: "{role}", tokenPath: "/var/run/secrets/sluice-agent/token" } },
    },
  },
};

export const signal: AbortSignal = new AbortController().signal;
export const admissionOf = (agent: AgentSettings | undefined): Admission =>
  createAdmission(
    optionsOf({
      dialects: [sluice(), bankVaults(), vaultK8s(), vaultSidecarInjector()],
      strategies: [agentContainers(), launcherDelivery(), filesAtStart(), tokenVolumes(), execWrap()],
      settings: { ...SETTINGS, ...(agent !== undefined && { agent }) },
    }),
  );

export const hashicorp = (annotations: Readonly<Record<string, string>> = {}, spec: object = {}): Pod => ({
  metadata: {
    annotations: {
      "vault.hashicorp.com/agent-inject": "true",
      "vault.hashicorp.com/role": "web",
      "vault.hashicorp.com/agent-inject-secret-db": "secret/data/db",
      ...Object.fromEntries(
        Object.entries(annotations).map(([name, value]) => [`vault.hashicorp.com/${name}`, value]),
      ),
    },
  },
  spec: { containers: [{ name: "web", image: "web" }], ...spec },
});

export const talend = (annotations: Readonly<Record<string, string>> = {}, spec: object = {}): Pod => ({
  metadata: {
    labels: { "com.talend.application": "shop", "com.talend.service": "web" },
    annotations: {
      "sidecar.vault.talend.org/inject": "true",
      ...Object.fromEntries(
        Object.entries(annotations).map(([name, value]) => [`sidecar.vault.talend.org/${name}`, value]),
      ),
    },
  },
  spec: { containers: [{ name: "web", image: "web" }], ...spec },
});

export async function mutated(pod: Pod, agent: Partial<AgentSettings> = {}): Promise<Pod> {
  const admission = admissionOf({ ...AGENT, ...agent });
  const answer = await admission.mutate(requestOf(pod), signal);
  const changed = patched(pod, answer);
  // What was changed once stays as it is, is valid, and would not be without the change.
  expect(await admission.mutate(requestOf(changed), signal)).toMatchObject({ allowed: true, patch: [] });
  expect(await admission.validate(requestOf(changed), signal)).toMatchObject({ allowed: true });
  expect(await admission.validate(requestOf(pod), signal)).toMatchObject({ allowed: false });
  return changed;
}

export function patched(pod: Pod, answer: AdmissionAnswer): Pod {
  if (!answer.allowed) throw new Error(answer.message);
  const copy = JSON.parse(JSON.stringify(pod)) as Pod;
  const operations = JSON.parse(JSON.stringify(answer.patch)) as Operation[];
  expect(applyPatch(copy, operations)).toEqual(operations.map(() => null));
  return copy;
}

export const denial = async (pod: Pod, agent: AgentSettings | undefined = AGENT): Promise<string> => {
  const answer = await admissionOf(agent).mutate(requestOf(pod), signal);
  expect(answer.allowed).toBe(false);
  return answer.message;
};

export const named = (list: readonly Container[] | undefined, name: string): Container => {
  const found = list?.find((container) => container.name === name);
  if (found === undefined) throw new Error(`There is no container ${name}`);
  return found;
};
export const variable = ({ env = [] }: Container, name: string): string =>
  env.find((each) => each.name === name)?.value ?? "";
export const filesOf = (container: Container): FilesPlan =>
  parseFilesPlan(variable(container, "SLUICE_FILES"), ["notify"]);
