import type { Server } from "node:http";
import type { Registry } from "prom-client";

// Not imported: its ES module brings all of `fetch` with it, several megabytes.
const { createServer } = process.getBuiltinModule("node:http");

/** What probes and metrics are answered from. */
export interface ManagementOptions {
  readonly registry: Registry;
  /** Why it cannot answer at present. */
  readonly notReady: () => string | undefined;
}

/** What metrics are read from: a registry, or several that are told as one. */
export type MetricsSource = Pick<Registry, "metrics" | "contentType">;

/** Plain HTTP for probes and metrics, on a port of its own that launchers need not reach. Nothing secret is here. */
export function createManagementServer({
  registry,
  notReady,
}: Omit<ManagementOptions, "registry"> & { readonly registry: MetricsSource }): Server {
  const server = createServer({ requestTimeout: 5_000, headersTimeout: 5_000 }, (request, response) => {
    const say = (status: number, text: string, type = "text/plain; charset=utf-8"): void => {
      response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(text);
    };
    request.resume();
    if (request.method !== "GET") return say(405, "Ask with GET\n");
    switch (request.url) {
      case "/healthz":
        return say(200, "ok\n");
      case "/readyz": {
        const problem = notReady();
        return problem === undefined ? say(200, "ok\n") : say(503, `${problem}\n`);
      }
      case "/metrics":
        registry.metrics().then(
          (text) => say(200, text, registry.contentType),
          () => say(500, "The metrics cannot be collected\n"),
        );
        return;
      default:
        return say(404, "Here are /healthz, /readyz and /metrics\n");
    }
  });
  server.maxConnections = 100;
  return server;
}
