import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesClient } from "@sluice/kubernetes";
import type { Logger } from "@sluice/service";
import type { CertificateSecret } from "./certificate-secret.js";
import { bundleOf, type CertificatePlan, nextStep } from "./certificate-state.js";
import { type WebhookConfiguration, writeBundle } from "./trusted-bundle.js";

export interface KeepOptions extends CertificatePlan {
  readonly configurations: readonly WebhookConfiguration[];
  /** How long until every API server has heard of a new root, in milliseconds; 10,000 by default. */
  readonly propagationMs?: number;
  /** How often it is looked whether something is to be done, in milliseconds, give or take a tenth; 60,000 by default. */
  readonly checkMs?: number;
}

/** Sees to it that the Secret holds certificates that are valid and trusted. One replica does: the one that leads. */
export async function keepCertificates(
  client: KubernetesClient,
  secret: CertificateSecret,
  options: KeepOptions,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const { configurations, propagationMs = 10_000, checkMs = 60_000 } = options;
  let trusted: { readonly root: string; readonly since: number } | undefined;
  while (!signal.aborted) {
    const stored = await secret.read(signal);
    const { state } = stored;
    if (state !== undefined) {
      const { complete, changed } = await writeBundle(client, configurations, bundleOf(state), signal);
      if (changed) log.info({ roots: state.formerRoots.length + 1 }, "the API server was told of the roots");
      if (!complete) trusted = undefined;
      else if (trusted?.root !== state.root) trusted = { root: state.root, since: Date.now() };
    }
    const waiting = trusted === undefined ? Infinity : trusted.since + propagationMs - Date.now();
    const step = await nextStep(state, options, Date.now(), waiting <= 0);
    if (step.kind === "write") {
      const written = await secret.write(step.state, stored, signal);
      if (written) log.info({ what: step.what }, "certificates were written");
      if (written) continue;
    }
    const pause = checkMs * (0.9 + Math.random() * 0.2);
    await sleep(Math.min(pause, waiting > 0 ? waiting : pause), undefined, { signal }).catch(() => undefined);
  }
}
