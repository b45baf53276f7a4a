import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import type { KubernetesClient } from "@sluice/kubernetes";
import { akv2k8s, atarraya, secretsInit, sluice, vaultK8s, vaultSidecarInjector } from "@sluice/dialects";
import { createLog, type Logger } from "@sluice/service";
import {
  agentContainers,
  type AdmissionOptions,
  createAdmission,
  createClusterLookups,
  execWrap,
  filesAtStart,
  type InjectionSettings,
  issueLeaf,
  issueRoot,
  keesInit,
  type KeesImages,
  launcherDelivery,
  meshPorts,
  type LookupOptions,
  type RunningWebhook,
  type ServedCertificate,
  serveWebhook,
  tokenVolumes,
  WebhookMetrics,
} from "@sluice/webhook";
import type { RunningKubernetes } from "../../servers/kubernetes.js";

const DAY = 86_400_000;

const SETTINGS: InjectionSettings = {
  source: { address: "https://10.0.0.7:8443", serverName: "sluice-broker.sluice-system.svc", roots: "ROOTS" },
  launcher: { image: "example.test/sluice-launcher:1", delivery: "copy" },
};

/** What the API server says to a client. */
export interface Said {
  readonly status: number;
  readonly body: Record<string, unknown> & { readonly message?: string };
  readonly warnings: readonly string[];
}

/** Asks the API server as kubectl would. */
export async function ask(
  cluster: RunningKubernetes,
  method: string,
  path: string,
  body?: unknown,
  contentType = "application/json",
): Promise<Said> {
  const asked = request(`${cluster.address}${path}`, {
    method,
    ca: cluster.caCert,
    headers: { authorization: `Bearer ${cluster.adminToken}`, "content-type": contentType },
  });
  asked.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return {
    status: response.statusCode ?? 0,
    // Some refusals are plain text.
    body: (text.startsWith("{") ? JSON.parse(text) : { message: text }) as Said["body"],
    warnings: [response.headers["warning"] ?? []].flat().map((line) => line.replaceAll('\\"', '"')),
  };
}

/** A namespace where pods can be created: there is no controller that would make its service account. */
export async function newNamespace(
  cluster: RunningKubernetes,
  labels: Readonly<Record<string, string>> = {},
): Promise<string> {
  const name = `n-${Math.random().toString(36).slice(2, 12)}`;
  await must(ask(cluster, "POST", "/api/v1/namespaces", { metadata: { name, labels } }));
  await must(
    ask(cluster, "POST", `/api/v1/namespaces/${name}/serviceaccounts`, { metadata: { name: "default" } }),
  );
  return name;
}

/** The answer, which must be a success. */
export async function must(said: Promise<Said>): Promise<Said["body"]> {
  const { status, body } = await said;
  if (status >= 300) throw new Error(`${status}: ${body.message ?? ""}`);
  return body;
}

export interface StartedWebhook extends RunningWebhook {
  /** Base64, as configurations have it. */
  readonly caBundle: string;
  readonly logged: readonly string[];
  readonly metrics: WebhookMetrics;
}

/** A log whose lines are kept. */
export function keptLog(): { readonly log: Logger; readonly logged: string[] } {
  const logged: string[] = [];
  return { logged, log: createLog("webhook", { write: (line: string) => void logged.push(line) }, "debug") };
}

export interface StartOptions
  extends LookupOptions, Partial<Pick<AdmissionOptions, "settings" | "commands" | "dialects" | "stores">> {
  readonly certificate?: ServedCertificate;
  readonly kees?: KeesImages;
}

const DIALECTS = [sluice(), atarraya(), akv2k8s(), secretsInit(), vaultK8s(), vaultSidecarInjector()];

/** A webhook with a certificate of its own. */
export async function startWebhook(
  client: KubernetesClient,
  {
    certificate,
    settings = SETTINGS,
    commands,
    stores,
    dialects = DIALECTS,
    kees = { images: {} },
    ...lookups
  }: StartOptions = {},
): Promise<StartedWebhook> {
  const now = Date.now();
  const root = await issueRoot("test", DAY, now);
  const leaf = await issueLeaf(root, {
    names: ["localhost"],
    addresses: ["127.0.0.1"],
    lifetimeMs: DAY,
    now,
  });
  const { log, logged } = keptLog();
  const metrics = new WebhookMetrics();
  const admission = createAdmission({
    dialects,
    strategies: [
      agentContainers(),
      launcherDelivery(),
      filesAtStart(),
      tokenVolumes(),
      execWrap(),
      keesInit(),
      meshPorts(),
    ],
    lookups: createClusterLookups(client, {
      onLookup: (kind, outcome) => metrics.lookedUp(kind, outcome),
      ...lookups,
    }),
    settings: { ...settings, kees },
    ...(commands !== undefined && { commands }),
    ...(stores !== undefined && { stores }),
  });
  const own: ServedCertificate = {
    current: { ...leaf, endsAt: now + DAY },
    onRenewed: () => undefined,
    [Symbol.asyncDispose]: async () => Promise.resolve(),
  };
  const running = await serveWebhook({
    admission: () => admission,
    certificate: certificate ?? own,
    metrics,
    log,
    address: { host: "127.0.0.1", port: 0 },
    management: { host: "127.0.0.1", port: 0 },
    lameMs: 0,
  });
  return { ...running, caBundle: Buffer.from(root.cert).toString("base64"), logged, metrics };
}

const RULES = [
  { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] },
  { apiGroups: [""], apiVersions: ["v1"], operations: ["UPDATE"], resources: ["pods/ephemeralcontainers"] },
];

/** Names a webhook to the API server, for namespaces labelled `webhook: NAME`; settles when it is asked. */
export async function register(
  cluster: RunningKubernetes,
  kind: "Mutating" | "Validating",
  name: string,
  url: string,
  caBundle: string,
): Promise<void> {
  await must(
    ask(cluster, "POST", `/apis/admissionregistration.k8s.io/v1/${kind.toLowerCase()}webhookconfigurations`, {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: `${kind}WebhookConfiguration`,
      metadata: { name },
      webhooks: [
        {
          name: `${name}.sluice.dev`,
          admissionReviewVersions: ["v1"],
          sideEffects: "None",
          failurePolicy: "Fail",
          timeoutSeconds: 10,
          ...(kind === "Mutating" && { reinvocationPolicy: "IfNeeded" }),
          namespaceSelector: { matchLabels: { webhook: "sluice" } },
          rules: RULES,
          clientConfig: { url, caBundle },
        },
      ],
    }),
  );
}
