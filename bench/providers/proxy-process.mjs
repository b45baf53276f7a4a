// The proxy, in a process of its own: what it costs must not be counted as the client's.
import { startFaultProxy } from "../../test/servers/faults/fault-proxy.ts";

let proxy;
const commands = {
  start: async ({ target, certificate }) => {
    proxy = await startFaultProxy(target, certificate);
    return proxy.address;
  },
  /** Of connections to come; a round trip takes that much longer. */
  delay: (ms) => {
    proxy.network.latency = { toServerMs: 0, toClientMs: ms };
  },
  /** Ends the connections there are: an SDK may keep them longer than its client. */
  hangUp: () => proxy.network.closeAll(),
  /** Calls since the last time. */
  calls: () => {
    const { length } = proxy.http.calls;
    proxy.http.forget();
    return length;
  },
};

async function answer({ command, argument }) {
  process.send({ result: await commands[command](argument) });
}

process.on("message", (message) => void answer(message));
process.once("disconnect", () => process.exit());
