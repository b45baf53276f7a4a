import { openClient } from "@sluice/kubernetes";
import { type ModeContext, stopSignal } from "@sluice/mode";
import { readManifests } from "@sluice/mode/manifests";
import { createLog } from "@sluice/service";
import { createGenerator } from "../create-generator.js";
import { createKeyPool } from "../keys/create-key-pool.js";
import { serveGenerator } from "../server/serve-generator.js";
import type { GenerateCommandOptions } from "./generate-command.js";
import { generateForManifests } from "./generate-for-manifests.js";
import type { GenerateModeOptions } from "./generate-mode.js";
import { openGenerator } from "./open-generator.js";
import { printReport, rowsOfReport } from "./print-report.js";

/** Name of the Lease that the one who leads holds. */
const LEASE_NAME = "sluice-generator";

/** Generates until a signal asks it to stop, or once. */
export async function runGenerate(
  context: ModeContext,
  options: GenerateCommandOptions,
  parts: GenerateModeOptions,
): Promise<void> {
  const stopped = stopSignal(context);
  const { directory, output } = context;
  await using open = await openGenerator(context, options.config, parts);
  await using keys = createKeyPool({ threads: options.threads });
  const { soleWriter = false } = options;
  if (options.filename !== undefined) {
    const files = await readManifests(directory, options.filename);
    const { namespace = "default", concurrency } = options;
    const rows = await generateForManifests(files, open, {
      keys,
      signal: stopped,
      soleWriter,
      namespace,
      concurrency,
    });
    return printReport(context, rows, options.output);
  }
  using client = openClient(context, options);
  const ledgerNamespace = options.ledgerNamespace ?? (await client.namespace()) ?? "default";
  const { resolver, events, readPod, identity, config } = open;
  const generator = createGenerator({
    client,
    resolver,
    keys,
    events,
    readPod,
    access: config.generate.access ?? [],
    identity,
    ledgerNamespace,
    concurrency: options.concurrency,
    ...(options.namespace !== undefined && { namespace: options.namespace }),
  });
  if (options.once) {
    const report = await generator.once({ signal: stopped, soleWriter });
    return printReport(context, rowsOfReport(report), options.output);
  }
  const log = createLog("generator", { write: (line) => output.print(line) }, options.logLevel);
  await serveGenerator({
    generator,
    events,
    management: context.management ?? options.management,
    log,
    signal: stopped,
    soleWriter,
    ...(options.lead && { lead: { client, namespace: ledgerNamespace, name: LEASE_NAME, identity } }),
  });
}
