// Makes round trips longer, in a process of its own: what it costs must not be counted as anybody's. Sends the ports, in
// the order of the arguments, each TARGET-PORT/MILLISECONDS.
import { startTcpProxy } from "../../test/servers/faults/tcp-proxy.ts";

const ports = [];
for (const argument of process.argv.slice(2)) {
  const [target, ms] = argument.split("/").map(Number);
  const proxy = await startTcpProxy(target);
  proxy.latency = { toServerMs: 0, toClientMs: ms };
  ports.push(proxy.port);
}
process.send(ports);
process.once("disconnect", () => process.exit());
