import { LookupError } from "../src/lookups/lookup-error.js";
import type { AdmissionOptions, AdmissionRequest, ClusterLookups, InjectionSettings } from "@sluice/webhook";
import { execWrap, filesAtStart, launcherDelivery, tokenVolumes } from "@sluice/webhook";
import { akv2k8s, atarraya, secretsInit, sluice } from "@sluice/dialects";

/** Pods that properties are tried with: SLUICE_PODS=100000 for the whole course. */
export const PODS: number = Number(process.env["SLUICE_PODS"] ?? 2_000);

export const SETTINGS: InjectionSettings = {
  source: {
    address: "https://10.96.4.2:8443",
    serverName: "sluice-broker.sluice-system.svc",
    roots: "ROOTS",
  },
  launcher: { image: "example.test/launcher:1", delivery: "copy" },
};

type Objects = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const encode = (text: string): string => Buffer.from(text).toString("base64");

export const OBJECTS: Objects = {
  "ConfigMap/settings": { data: { REF: "secret://prod/ref", PLAIN: "plain", constructor: "x" } },
  "Secret/keys": { data: { PLAIN: encode("hunter2"), REF: encode("secret://prod/from-secret") } },
  "AzureKeyVaultSecret/name": { spec: { vault: { name: "kv-1", object: { name: "db", type: "secret" } } } },
};

/** Lookups among these objects; an object with `failure` cannot be read. */
export function lookupsOf(
  objects: Objects = OBJECTS,
  labels: Readonly<Record<string, string>> = {},
): ClusterLookups {
  return {
    isHidden: () => false,
    namespaceLabels: async () => Promise.resolve(labels),
    find: async (_, { kind, name }) => {
      const object = objects[`${kind}/${name}`];
      if (object?.["failure"] !== undefined)
        throw new LookupError({ problem: `${kind} "${name}" is away`, remedy: "Try again", code: 503 });
      return Promise.resolve(object);
    },
  };
}

export function optionsOf(more: Partial<AdmissionOptions> = {}): AdmissionOptions {
  return {
    dialects: [sluice(), atarraya(), akv2k8s(), secretsInit()],
    strategies: [launcherDelivery(), filesAtStart(), tokenVolumes(), execWrap()],
    lookups: lookupsOf(),
    settings: SETTINGS,
    ...more,
  };
}

export function requestOf(object: unknown, more: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return {
    uid: "u-1",
    operation: "CREATE",
    resource: "pods",
    group: "",
    namespace: "shop",
    dryRun: false,
    object,
    oldObject: undefined,
    ...more,
  };
}
