import { setTimeout as sleep } from "node:timers/promises";
import { thrownName } from "@sluice/core";
import { type Logger, loadTls, type TlsFiles } from "@sluice/service";
import type { ServedCertificate } from "./served-certificate.js";

/** Serves with files that somebody else writes, such as cert-manager, and looks at them again every so often. */
export async function certificateFiles(
  files: TlsFiles,
  log: Logger,
  pollMs = 10_000,
): Promise<ServedCertificate> {
  let current = await loadTls(files);
  const stopped = new AbortController();
  const listeners: (() => void)[] = [];

  async function lookAfter(): Promise<void> {
    for (;;) {
      await sleep(pollMs, undefined, { signal: stopped.signal, ref: false });
      try {
        const read = await loadTls(files);
        if (read.digest === current.digest) continue;
        current = read;
        for (const listener of listeners) listener();
        log.info({ endsAt: new Date(read.endsAt).toISOString() }, "the certificate was renewed");
      } catch (thrown) {
        // The one before goes on to be served. Files that are being replaced fit again at the next look.
        log.warn({ errorName: thrownName(thrown) }, "the certificate files cannot be used");
      }
    }
  }

  const looking = lookAfter().catch(() => undefined);
  return {
    get current() {
      return current;
    },
    onRenewed: (listener) => void listeners.push(listener),
    [Symbol.asyncDispose]: async () => {
      stopped.abort();
      await looking;
    },
  };
}
