import { setTimeout as sleep } from "node:timers/promises";
import {
  createSecureServer,
  listen,
  type ListenAddress,
  type Logger,
  type ManagementPlace,
  openManagement,
} from "@sluice/service";
import type { Admission } from "../admission/create-admission.js";
import type { ServedCertificate } from "../tls/served-certificate.js";
import { createAdmissionHandler } from "./admission-handler.js";
import { toldTo, webhookLog } from "./webhook-log.js";
import type { WebhookMetrics } from "./webhook-metrics.js";

/** What a listening webhook is made of. */
export interface ServeWebhookOptions {
  /** Looked at for each request, so that new settings count from the next one on. */
  readonly admission: () => Admission;
  readonly certificate: ServedCertificate;
  readonly metrics: WebhookMetrics;
  readonly address: ListenAddress;
  readonly management: ManagementPlace;
  readonly log: Logger;
  /** Why it cannot decide yet; `undefined` once it can, and by default. */
  readonly notReady?: () => string | undefined;
  /** Connections at the same time; 1,000 by default. */
  readonly mostConnections?: number;
  /** How old a connection may get, in milliseconds; 600,000 by default. Its next answer is its last then. */
  readonly connectionMs?: number;
  /** How long requests are still taken when it is stopped, until nobody sends any, in milliseconds; 5,000 by default. */
  readonly lameMs?: number;
  /** Longest time for what is under way after that, in milliseconds; 15,000 by default. */
  readonly drainMs?: number;
}

/** A webhook that listens. */
export interface RunningWebhook {
  /** HOST:PORT where reviews are answered. */
  readonly address: string;
  /** HOST:PORT of probes and metrics. */
  readonly management: string;
  /** Says that it is not ready, goes on answering for a while, then takes nothing new and ends. */
  stop(): Promise<void>;
}

/**
 * Begins to serve. Whoever starts it stops it.
 *
 * @throws SluiceError `SLU1103` for an address that cannot be used
 */
export async function serveWebhook(options: ServeWebhookOptions): Promise<RunningWebhook> {
  const { admission, certificate, metrics, log, lameMs = 5_000, drainMs = 15_000 } = options;
  const observer = toldTo([webhookLog(log), metrics]);
  const reviews = createSecureServer(createAdmissionHandler({ admission, observer }), {
    tls: certificate.current,
    minVersion: "TLSv1.2",
    mostConnections: options.mostConnections ?? 1_000,
    connectionMs: options.connectionMs ?? 600_000,
    // Longer than an API server keeps a connection that it does not use: 90 s. So it is the one that closes it.
    keepAliveMs: 120_000,
    requestMs: 40_000,
    // Longer than any API server waits: 30 s.
    answerMs: 40_000,
    headBytes: 16 * 1024,
    onRefused: (_, reason) => metrics.connectionRefused(reason),
  });
  certificate.onRenewed(() => {
    reviews.renew(certificate.current);
    metrics.reloaded("certificate", "ok");
  });
  let stopping = false;
  const notReady = (): string | undefined => {
    if (stopping) return "The webhook is being stopped";
    if (Date.now() >= certificate.current.endsAt) return "The certificate has ended";
    return options.notReady?.();
  };
  const address = await listen(reviews.server, options.address);
  const management = await openManagement(options.management, { registry: metrics.registry, notReady });
  log.info(
    {
      address,
      management: management.address,
      certificate: new Date(certificate.current.endsAt).toISOString(),
    },
    "serving",
  );

  async function stop(): Promise<void> {
    if (stopping) return;
    stopping = true;
    log.info("stopping");
    reviews.endConnections();
    await sleep(lameMs);
    await reviews.close(drainMs);
    await certificate[Symbol.asyncDispose]();
    await management[Symbol.asyncDispose]();
    log.info("stopped");
  }

  return { address, management: management.address, stop };
}
