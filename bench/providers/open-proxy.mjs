import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("proxy-process.mjs", import.meta.url));

/** A proxy before a server, in a process of its own. */
export async function openProxy(target, certificate) {
  const child = fork(program);
  const ask = async (command, argument) => {
    const answered = once(child, "message");
    child.send({ command, argument });
    const [{ result }] = await answered;
    return result;
  };
  const address = await ask("start", { target, certificate });
  return {
    address,
    delay: async (ms) => ask("delay", ms),
    hangUp: async () => {
      await ask("hangUp");
      // This process must have noticed, too.
      await sleep(20);
    },
    calls: async () => ask("calls"),
    close: () => child.disconnect(),
  };
}
