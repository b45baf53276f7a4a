import { setTimeout as sleep } from "node:timers/promises";
import { thrownName } from "@sluice/core";
import { createSourceHandler, LIMITS } from "@sluice/protocol";
import {
  createSecureServer,
  listen,
  type ListenAddress,
  type LoadedTls,
  loadTls,
  type ManagementPlace,
  openManagement,
  type Logger,
  type TlsFiles,
} from "@sluice/service";
import { writeAudit } from "../audit/audit-log.js";
import type { Broker } from "../create-broker.js";
import { BrokerMetrics } from "../metrics/broker-metrics.js";
import { writeLog } from "../audit/event-log.js";
import { ThrottledRefusals } from "../audit/throttled-refusals.js";

/** Bounds of what callers may take of the server. */
export interface ServerLimits {
  /** Connections at the same time; 1,000 by default. What comes beyond is closed before TLS begins. */
  readonly mostConnections: number;
  /** How old a connection may get, in milliseconds; 60,000 by default. Its next answer is its last then. */
  readonly connectionMs: number;
  /** From a request's head to the end of its answer, in milliseconds; 30,000 by default: no launcher waits longer. */
  readonly answerMs: number;
}

const DEFAULT_LIMITS: ServerLimits = {
  mostConnections: 1_000,
  connectionMs: 60_000,
  answerMs: LIMITS.tryMs,
};

/** Of a request besides its body, in milliseconds. */
const HEAD_MS = 5_000;
/** What a request's head has besides its token, in bytes. */
const HEAD_BYTES = 8 * 1024;

/** What a listening broker is made of. */
export interface ServeOptions {
  readonly broker: Broker;
  readonly address: ListenAddress;
  readonly management: ManagementPlace;
  readonly tls: TlsFiles;
  readonly log: Logger;
  readonly limits?: Partial<ServerLimits>;
  /** How often the certificate files are looked at, in milliseconds; 10,000 by default. */
  readonly tlsPollMs?: number;
  /** Longest time for what is under way when the broker is stopped, in milliseconds; 25,000 by default. */
  readonly drainMs?: number;
}

/** A broker that listens. */
export interface RunningBroker {
  /** HOST:PORT where launchers ask. */
  readonly address: string;
  /** HOST:PORT of probes and metrics. */
  readonly management: string;
  /** Takes nothing new, answers what is under way, and ends. */
  stop(): Promise<void>;
}

/**
 * Begins to serve. Whoever starts it stops it.
 *
 * @throws SluiceError `SLU1103` for a certificate or an address that cannot be used
 */
export async function serveBroker(options: ServeOptions): Promise<RunningBroker> {
  const { broker, log, tlsPollMs = 10_000, drainMs = 25_000 } = options;
  const { events } = broker;
  let tls = await loadTls(options.tls);
  const listeners = [writeAudit(events, log), writeLog(events, log)];
  const metrics = new BrokerMetrics(events, { ...broker.state, certificateEndsAt: () => tls.endsAt });
  const handler = createSourceHandler(broker.source);
  const refusals = new ThrottledRefusals(events);
  const source = createSecureServer(handler, {
    ...DEFAULT_LIMITS,
    ...options.limits,
    tls,
    minVersion: "TLSv1.3",
    mostRequests: 100,
    keepAliveMs: 5_000,
    requestMs: LIMITS.requestMs + HEAD_MS,
    headBytes: LIMITS.tokenBytes + HEAD_BYTES,
    onRefused: (address, reason) => refusals.add(address, reason),
  });
  const notReady = (): string | undefined => broker.notReady();
  const stopped = new AbortController();

  async function lookAfter(): Promise<void> {
    let reason: string | undefined;
    for (;;) {
      await sleep(tlsPollMs, undefined, { signal: stopped.signal, ref: false });
      const before = reason;
      reason = notReady();
      if (reason !== before) log[reason === undefined ? "info" : "warn"]({ reason }, "readiness changed");
      try {
        const read = await loadTls(options.tls);
        if (read.digest === tls.digest) continue;
        source.renew(read);
        tls = read;
        log.info({ endsAt: new Date(read.endsAt).toISOString() }, "the certificate was renewed");
      } catch (thrown) {
        // The one before goes on to be served. Files that are being replaced fit again at the next look.
        log.warn({ errorName: thrownName(thrown) }, "the certificate files cannot be used");
      }
    }
  }

  async function stop(): Promise<void> {
    log.info("stopping");
    broker.drain();
    stopped.abort();
    await source.close(drainMs);
    await broker[Symbol.asyncDispose]();
    refusals[Symbol.dispose]();
    await management[Symbol.asyncDispose]();
    metrics[Symbol.dispose]();
    log.info("stopped");
    for (const listener of listeners) listener[Symbol.dispose]();
  }

  const address = await listen(source.server, options.address);
  const management = await openManagement(options.management, { registry: metrics.registry, notReady });
  lookAfter().catch(() => undefined);
  log.info({ address, management: management.address, certificate: endOf(tls) }, "serving");
  return { address, management: management.address, stop };
}

function endOf({ endsAt }: LoadedTls): { readonly endsAt: string } {
  return { endsAt: new Date(endsAt).toISOString() };
}
