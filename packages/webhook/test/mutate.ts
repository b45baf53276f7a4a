import { type ImageCommand, type Mutation, mutatePod } from "@sluice/core/mutation";
import type { Container, Pod } from "@sluice/core/pod";
import { atarraya, sluice } from "@sluice/dialects";
import {
  execWrap,
  filesAtStart,
  type InjectionSettings,
  launcherDelivery,
  planPod,
  type PodPlan,
  tokenVolumes,
} from "@sluice/webhook";
import { applyPatch, type Operation } from "rfc6902";
import { expect } from "vitest";
import { SETTINGS } from "./support.js";

const STRATEGIES = [launcherDelivery(), filesAtStart(), tokenVolumes(), execWrap()];

/** A pod of these containers. */
export const pod = (
  containers: readonly Container[],
  more: Partial<Pod["spec"]> = {},
  annotations?: Record<string, string>,
): Pod => ({
  metadata: { name: "web", ...(annotations && { annotations }) },
  spec: { containers, serviceAccountName: "web", ...more },
});

/** What the notations say that it is to be given. */
export function plan(subject: Pod, settings = SETTINGS): PodPlan {
  const scope = { pod: subject, namespace: "shop", namespaceLabels: {}, objects: { find: () => undefined } };
  return planPod([sluice(), atarraya()], scope, settings);
}

/** The pod as it is changed, and the patch, which must lead to it. */
export function mutate(
  subject: Pod,
  images: Readonly<Record<string, ImageCommand>> = {},
  settings: InjectionSettings = SETTINGS,
): Mutation {
  const { plans, problems } = plan(subject, settings);
  expect(problems).toEqual([]);
  const imageCommands = new Map(Object.entries(images));
  const mutation = mutatePod(STRATEGIES, { pod: subject, plans, imageCommands, settings });
  // Through JSON, for an object that stands in two places of the test's pod is two in a request.
  const patched = JSON.parse(JSON.stringify(subject)) as Pod;
  expect(
    applyPatch(patched, JSON.parse(JSON.stringify(mutation.patch)) as typeof mutation.patch & Operation[]),
  ).toEqual(mutation.patch.map(() => null));
  expect(patched).toEqual(mutation.pod);
  return mutation;
}

/** Asks for a secret. */
export const web: Container = {
  name: "web",
  image: "shop/web",
  command: ["/web"],
  args: ["--port", "80"],
  env: [{ name: "DB", value: "secret://prod/db" }],
};
/** Asks for none. */
export const plain: Container = { name: "log", image: "log", command: ["/log"] };
