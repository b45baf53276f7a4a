import { SluiceError } from "@sluice/core";
import { field, getObject, type KubernetesClient, KubernetesError } from "@sluice/kubernetes";
import type { Logger } from "@sluice/service";
import { ownCertificate } from "../tls/own-certificate.js";
import type { WebhookCommandOptions } from "./webhook-command.js";

/** What the cluster tells of the broker, where settings do not. */
export interface FoundBroker {
  readonly address?: string;
  readonly serverName?: string;
  /** As they are now: the newest first. */
  readonly roots?: string;
}

/** A broker that is known, until it is disposed. */
export interface BrokerFinder extends AsyncDisposable {
  found(): FoundBroker;
}

const CALL_MS = 10_000;

/** Launchers live as long as pods, and a broker is there longer than a day: renewed when 20 days are over. */
const LEAF_MS = 30 * 86_400_000;

/**
 * Asks the cluster for the broker's Service, and sees to its certificates in a Secret that the broker mounts: whoever
 * writes the roots into pods decides whom they trust anyway.
 *
 * @throws SluiceError `SLU1103` for a Service that is not there or has no address, or when there is no certificate in time
 */
export async function findBroker(
  client: KubernetesClient,
  { brokerService, brokerTlsSecret }: Pick<WebhookCommandOptions, "brokerService" | "brokerTlsSecret">,
  where: () => Promise<{ readonly namespace: string; readonly identity: string }>,
  log: Logger,
): Promise<BrokerFinder> {
  if (brokerService === undefined && brokerTlsSecret === undefined)
    return { found: () => ({}), [Symbol.asyncDispose]: async () => Promise.resolve() };
  const { namespace, identity } = await where();
  const place =
    brokerService === undefined
      ? {}
      : {
          address: await addressOf(client, namespace, brokerService),
          serverName: `${brokerService}.${namespace}.svc`,
        };
  if (brokerTlsSecret === undefined)
    return { found: () => place, [Symbol.asyncDispose]: async () => Promise.resolve() };
  const names = [place.serverName ?? `sluice-broker.${namespace}.svc`];
  const certificate = await ownCertificate(
    client,
    { namespace, secret: brokerTlsSecret, identity, names, configurations: [], leafMs: LEAF_MS },
    log,
  );
  return {
    found: () => ({ ...place, roots: certificate.roots }),
    [Symbol.asyncDispose]: async () => certificate[Symbol.asyncDispose](),
  };
}

/** Its cluster IP, which needs no DNS in pods; the port is its first. */
async function addressOf(client: KubernetesClient, namespace: string, name: string): Promise<string> {
  const resource = { version: "v1", plural: "services", namespace };
  // Time alone bounds the call: the client tells of that as it does of an API server that is away.
  const bounds = { signal: new AbortController().signal, timeoutMs: CALL_MS };
  try {
    const spec = field(await getObject(client, resource, name, bounds), "spec");
    const ip = field(spec, "clusterIP");
    const port = field((field(spec, "ports") as readonly unknown[] | undefined)?.[0], "port");
    if (typeof ip === "string" && ip !== "" && ip !== "None" && typeof port === "number")
      return `https://${ip.includes(":") ? `[${ip}]` : ip}:${port}`;
    throw unusable(namespace, name, "has no cluster IP");
  } catch (thrown) {
    if (KubernetesError.isInstance(thrown))
      throw unusable(namespace, name, `cannot be read: ${thrown.problem}`);
    throw thrown;
  }
}

function unusable(namespace: string, name: string, what: string): SluiceError {
  return new SluiceError({
    code: "SLU1103",
    kind: "configuration",
    problem: `Service ${namespace}/${name} of the broker ${what}`,
    remedy: "Create it, and let the webhook's role get it; or give --broker",
  });
}
