import type { Container, Pod } from "@sluice/core/pod";
import { createAdmission, type InjectionSettings } from "@sluice/webhook";
import { applyPatch, type Operation } from "rfc6902";
import { expect } from "vitest";
import { optionsOf, requestOf, SETTINGS } from "./support.js";

export const WRITING: InjectionSettings = { ...SETTINGS, writer: { image: "example.test/sluice:1" } };
export const signal: AbortSignal = new AbortController().signal;

export const web: Container = {
  name: "web",
  image: "shop/web",
  command: ["/web"],
  env: [{ name: "DB", value: "secret://prod/db" }],
  securityContext: { runAsUser: 1000 },
};

export const pod = (
  annotations: Readonly<Record<string, string>>,
  containers: readonly Container[] = [{ ...web, env: [] }],
  more: Partial<Pod["spec"]> = {},
): Pod => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web", annotations },
  spec: { containers, ...more },
});

export const admissionWith = (settings: InjectionSettings) => createAdmission(optionsOf({ settings }));
export const admission = admissionWith(WRITING);

export async function mutated(subject: Pod, of = admission): Promise<Pod> {
  const answer = await of.mutate(requestOf(subject), signal);
  if (!answer.allowed) throw new Error(answer.message);
  const changed = JSON.parse(JSON.stringify(subject)) as Pod;
  applyPatch(changed, JSON.parse(JSON.stringify(answer.patch)) as Operation[]);
  return changed;
}

export async function denial(subject: Pod, of = admission): Promise<string> {
  const { allowed, message } = await of.mutate(requestOf(subject), signal);
  expect(allowed).toBe(false);
  return message;
}

export const variables = ({ env = [] }: Container): Record<string, string | undefined> =>
  Object.fromEntries(env.map(({ name, value }) => [name, value]));

export const ASKING = { "sluice.dev/file.db": "secret://prod/db#password" };
