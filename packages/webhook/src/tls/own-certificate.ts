import { setTimeout as sleep } from "node:timers/promises";
import { X509Certificate } from "node:crypto";
import { SluiceError, thrownName } from "@sluice/core";
import { KubernetesError, type KubernetesClient, lead, watchObjects } from "@sluice/kubernetes";
import type { Logger } from "@sluice/service";
import { CertificateSecret, storedIn } from "./certificate-secret.js";
import { bundleOf, type CertificateState } from "./certificate-state.js";
import { keepCertificates, type KeepOptions } from "./keep-certificates.js";
import type { ServedCertificate } from "./served-certificate.js";

/** Where a webhook keeps the certificates that it makes. */
export interface OwnCertificateOptions extends KeepOptions {
  readonly namespace: string;
  /** Name of the Secret with the certificates, and of the Lease that decides who writes it. */
  readonly secret: string;
  /** Different for every replica: the name of the pod. */
  readonly identity: string;
  /** How long to wait for the first certificate, in milliseconds; 60,000 by default. */
  readonly firstMs?: number;
}

/** A certificate that replicas make themselves, and what it is trusted by. */
export interface OwnCertificate extends ServedCertificate {
  /** PEM roots: the newest first, then those before it that are still in use. */
  readonly roots: string;
}

const PAUSE_MS = 2_000;

/**
 * Serves with certificates that the replicas make themselves: one leads and writes them into a Secret, all watch it.
 *
 * @throws SluiceError `SLU1103` when there is none in time
 */
export async function ownCertificate(
  client: KubernetesClient,
  options: OwnCertificateOptions,
  log: Logger,
): Promise<OwnCertificate> {
  const { namespace, secret: name, identity, firstMs = 60_000 } = options;
  const secret = new CertificateSecret(client, namespace, name);
  const stopped = new AbortController();
  const { signal } = stopped;
  const listeners: (() => void)[] = [];
  const first = Promise.withResolvers<void>();
  let current: ServedCertificate["current"] | undefined;
  let roots = "";

  function take(state: CertificateState | undefined): void {
    if (state === undefined) return;
    roots = bundleOf(state);
    if (state.cert === current?.cert) return;
    const { cert, key } = state;
    current = { cert, key, endsAt: Date.parse(new X509Certificate(cert).validTo) };
    log.info({ endsAt: new Date(current.endsAt).toISOString() }, "a certificate is served");
    first.resolve();
    for (const listener of listeners) listener();
  }

  const watching = again(signal, log, "the Secret with the certificates cannot be watched", async () => {
    const query = { resource: secret.resource, fieldSelector: `metadata.name=${name}` };
    for await (const event of watchObjects(client, query, { signal })) {
      if (event.kind === "synced") for (const object of event.objects) take(storedIn(object).state);
      if (event.kind === "changed") take(storedIn(event.object).state);
    }
  });
  const onProblem = (thrown: unknown): void =>
    log.warn({ errorName: nameOf(thrown) }, "the lease for the certificates cannot be had");
  const leading = again(signal, log, "the certificates cannot be kept", async () =>
    lead(client, { namespace, name, identity, signal, onProblem }, async (led) =>
      keepCertificates(client, secret, options, log, led),
    ),
  );
  const dispose = async (): Promise<void> => {
    stopped.abort();
    await Promise.all([watching, leading]);
  };

  const overdue = setTimeout(() => first.reject(none(namespace, name, firstMs)), firstMs);
  try {
    await first.promise;
  } catch (thrown) {
    await dispose();
    throw thrown;
  } finally {
    clearTimeout(overdue);
  }
  return {
    get current() {
      return current as ServedCertificate["current"];
    },
    get roots() {
      return roots;
    },
    onRenewed: (listener) => void listeners.push(listener),
    [Symbol.asyncDispose]: dispose,
  };
}

/** Does work again and again, with pauses, whatever becomes of it. */
async function again(
  signal: AbortSignal,
  log: Logger,
  problem: string,
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await work();
    } catch (thrown) {
      if (!signal.aborted) log.warn({ errorName: nameOf(thrown) }, problem);
    }
    await sleep(PAUSE_MS * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
  }
}

function nameOf(thrown: unknown): string {
  return KubernetesError.isInstance(thrown) ? thrown.reason : thrownName(thrown);
}

function none(namespace: string, secret: string, ms: number): SluiceError {
  return new SluiceError({
    code: "SLU1103",
    kind: "configuration",
    problem: `There was no certificate in Secret ${namespace}/${secret} within ${ms / 1000} seconds`,
    remedy:
      "Let the webhook's role get, list, watch, create and patch that Secret and its Lease; the log has the reason",
  });
}
