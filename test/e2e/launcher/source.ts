import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createAuthority } from "../../servers/faults/test-authority.js";

/** A source that launchers are sent to: HTTPS with a certificate of its own authority. */
export interface TestSource {
  /** The launcher's variables that send it here. */
  readonly env: Readonly<Record<"SLUICE_PLAN" | "SLUICE_SOURCE", string>>;
  /** PEM of the authority. */
  readonly roots: string;
  /** How often it was asked. */
  asked: number;
  /** What it does with a request; it begins with an empty environment. */
  answer: (response: ServerResponse, request: IncomingMessage) => void;
  stop(): Promise<void>;
}

/** Starts a source on a free port. */
export async function startSource(): Promise<TestSource> {
  const authority = await createAuthority("Source authority");
  const { cert, key } = await authority.issue({ names: ["localhost"] });
  const server = createServer({ cert, key, minVersion: "TLSv1.3" }, (request, response) => {
    source.asked += 1;
    request.resume().on("end", () => source.answer(response, request));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const source: TestSource = {
    env: { SLUICE_PLAN: planFor(authority.ca), SLUICE_SOURCE: `https://127.0.0.1:${port}` },
    roots: authority.ca,
    asked: 0,
    answer: give({}),
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return source;
}

/** The plan of a container whose source has these roots. */
export function planFor(roots: string, waitSeconds = 60): string {
  const source = { serverName: "localhost", roots, waitSeconds };
  return JSON.stringify({
    version: 1,
    minReader: 1,
    critical: [],
    container: "web",
    env: {},
    optional: [],
    source,
  });
}

/** Answers with these variables. */
export function give(
  env: Readonly<Record<string, unknown>>,
  unset: readonly string[] = [],
): TestSource["answer"] {
  return (response) => {
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ protocol: 1, critical: [], env, unset }));
  };
}

/** Answers with one after another; the last for ever. */
export function inTurn(...answers: readonly TestSource["answer"][]): TestSource["answer"] {
  const left = [...answers];
  return (response, request) => (left.length > 1 ? left.shift() : left[0])?.(response, request);
}
