import { AggregatorRegistry, Registry } from "prom-client";
import { closeServer } from "./close-server.js";
import { listen, type ListenAddress } from "./listen.js";
import { createManagementServer, type ManagementOptions } from "./management-server.js";
import type { ManagementShare } from "./open-management.js";

/** One management server for several modes of a process. Disposing it closes it. */
export interface SharedManagement extends AsyncDisposable {
  readonly address: string;
  /** The place of one of the names that the server was made for. */
  shareOf(name: string): ManagementShare;
}

/** Time for what reads metrics when it is told to stop, in milliseconds. */
const DRAIN_MS = 1_000;

/**
 * Serves probes and metrics of several: ready when all of them are, and what is not says whose it is. In metrics the label
 * `mode` says whose they are.
 *
 * @param names - Who must have joined before it is ready.
 * @throws SluiceError `SLU1103` for an address that cannot be used
 */
export async function createSharedManagement(
  place: ListenAddress,
  names: readonly string[],
): Promise<SharedManagement> {
  const joined = new Map<string, ManagementOptions>();
  const notReady = (): string | undefined => {
    const problems = names.flatMap((name) => {
      const options = joined.get(name);
      const problem = options === undefined ? "It does not serve" : options.notReady();
      return problem === undefined ? [] : [`${name}: ${problem}`];
    });
    return problems.length === 0 ? undefined : problems.join("\n");
  };
  const registry = {
    metrics: async () => mergedMetrics(joined),
    contentType: Registry.PROMETHEUS_CONTENT_TYPE,
  };
  const server = createManagementServer({ registry, notReady });
  const address = await listen(server, place);
  return {
    address,
    shareOf: (name) => ({
      address,
      join: (options) => {
        joined.set(name, options);
        return { [Symbol.dispose]: () => void joined.delete(name) };
      },
    }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await closeServer(server, DRAIN_MS);
    },
  };
}

async function mergedMetrics(joined: ReadonlyMap<string, ManagementOptions>): Promise<string> {
  const labelled = await Promise.all(
    Array.from(joined, async ([mode, { registry }]) => labelledMetrics(mode, registry)),
  );
  return AggregatorRegistry.aggregate(labelled).metrics();
}

async function labelledMetrics(mode: string, registry: Registry): Promise<object[]> {
  const metrics = await registry.getMetricsAsJSON();
  return metrics.map((metric) => ({
    ...metric,
    // The label keeps those of one name apart, so that nothing is to be summed up or left out.
    aggregator: "first",
    values: metric.values.map((value) => ({ ...value, labels: { mode, ...value.labels } })),
  }));
}
