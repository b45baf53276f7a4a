import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { NotifyHttp } from "@sluice/core/plan";
import { thrownName } from "@sluice/core";
import { final, type NotTold, passing } from "./notify-outcome.js";

// Not imported: its ES module brings all of `fetch` with it, several megabytes.
const { request } = process.getBuiltinModule("node:http");

const LOCAL: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** Calls a port of our own. Redirections are not followed, proxies not used, and the answer's body is dropped. */
export async function callHttp(
  { method, url }: Pick<NotifyHttp, "method" | "url">,
  signal: AbortSignal,
): Promise<NotTold | undefined> {
  if (!URL.canParse(url) || !LOCAL.has(new URL(url).hostname)) return final("its address is not our own");
  const asked = request(url, { method, signal, agent: false, headers: { "content-length": "0" } });
  asked.end();
  try {
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    answer.resume();
    const { statusCode = 0 } = answer;
    if (statusCode >= 200 && statusCode < 300) return undefined;
    const said = `it answered ${statusCode}`;
    return statusCode >= 500 || statusCode === 429 || statusCode === 408 ? passing(said) : final(said);
  } catch (thrown) {
    const name = thrownName(thrown);
    return passing(name === "ABORT_ERR" || name === "AbortError" ? "it did not answer in time" : name);
  } finally {
    asked.destroy();
  }
}
