// A process that stays: what it says is shown, waited for, and kept.
import { EventEmitter, once } from "node:events";
import { createInterface } from "node:readline";
import { owned } from "./clean-up.mjs";
import { patiently } from "./narrator.mjs";

/** Follows a child with piped output; `show` is given each line. `tell` sends it a signal, SIGTERM where it is to stop. */
export function follow(what, child, { show = () => undefined, tell = (signal) => child.kill(signal) } = {}) {
  const lines = [];
  const heard = new EventEmitter();
  owned(child);
  for (const input of [child.stdout, child.stderr])
    if (input !== null)
      createInterface({ input }).on("line", (line) => {
        lines.push(line);
        show(line);
        heard.emit("line", line);
      });
  const closed = once(child, "close").then(([code, signal]) => code ?? signal);

  /** Waits for a line after the first `from`, and gives it. Rejects when the child ends without one. */
  const said = (matches, from = 0) => {
    const found = lines.slice(from).find(matches);
    if (found !== undefined) return Promise.resolve(found);
    const { promise, resolve, reject } = Promise.withResolvers();
    const listen = (line) => matches(line) && resolve(line);
    heard.on("line", listen);
    void closed.then((end) => reject(new Error(`${what} ended with ${end}\n${lines.join("\n")}`)));
    return patiently(`waiting for ${what}`, promise).finally(() => heard.off("line", listen));
  };

  const stop = async () => {
    tell("SIGTERM");
    const end = await patiently(`${what} ends`, closed);
    if (end !== 0) throw new Error(`${what} ended with ${end}\n${lines.join("\n")}`);
  };

  return { lines, said, stop };
}
