import { once } from "node:events";
import { chmod, mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { SluiceError, thrownName } from "@sluice/core";
import { parsePlan, planDigest } from "@sluice/core/plan";
import type { SecretReader } from "@sluice/files";
import type { SharedReader } from "../files/shared-reader.js";
import { answerPlan, createSourceHandler, ProblemError } from "@sluice/protocol";

// Not imported: its ES module brings all of `fetch` with it, several megabytes.
const { createServer } = process.getBuiltinModule("node:http");

/** How the launcher of one container is answered. */
export interface SourceOptions {
  /** Absolute path of the socket: in a folder that one container alone mounts beside us. */
  readonly socket: string;
  /** Text of that container's plan, as its variable has it. */
  readonly plan: string;
  /** Its permissions; whoever sees it may ask (`0o666`) by default. */
  readonly mode?: number;
  /** Reads for it. Of one that reads for several, what is issued to this container stays its own. */
  readonly reader: SecretReader | SharedReader;
  /** Why it cannot answer at present. */
  readonly notReady: () => string | undefined;
}

/** The longest path that a socket can have. */
const MOST_BYTES = 107;

/**
 * Answers the launcher of one container over a Unix socket, with what its plan asks for as it is now. Who may ask is who
 * can reach the socket; what is answered is what the plan says that we were given, whatever is asked.
 *
 * @throws PlanError where the plan cannot be read.
 * @throws SluiceError `SLU1103` where nobody can listen at the socket.
 */
export async function serveSource({
  socket,
  plan: text,
  mode = 0o666,
  reader,
  notReady,
}: SourceOptions): Promise<AsyncDisposable> {
  const plan = parsePlan(text);
  const digest = planDigest(text);
  const own = "forOne" in reader ? reader.forOne() : reader;
  const handler = createSourceHandler({
    isReady: () => notReady() === undefined,
    answer: async ({ container, planDigest: asked }, { signal }) => {
      const problem = notReady();
      if (problem !== undefined)
        throw new ProblemError({ kind: "unavailable", reason: "not-ready", message: problem });
      if (container !== plan.container || asked !== digest)
        throw new ProblemError({
          kind: "denied",
          reason: "plan-of-another-container",
          message: `This socket is for the plan of container "${plan.container}", and another one was asked for`,
        });
      return (await answerPlan(plan, own, { signal })).answer;
    },
  });
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, handler);
  server.maxConnections = 64;
  await listenAt(socket, async () => {
    server.listen({ path: socket });
    await once(server, "listening");
    // Until then only who is the same user may ask: to connect takes the right to write.
    await chmod(socket, mode);
  });
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** One that was killed has left its socket. */
async function listenAt(socket: string, listen: () => Promise<void>): Promise<void> {
  if (Buffer.byteLength(socket) > MOST_BYTES)
    throw unusable(socket, `its path has more than ${MOST_BYTES} bytes`);
  try {
    await mkdir(dirname(socket), { recursive: true });
    await rm(socket, { force: true });
    await listen();
  } catch (thrown) {
    throw unusable(socket, thrownName(thrown));
  }
}

function unusable(socket: string, why: string): SluiceError {
  return new SluiceError({
    code: "SLU1103",
    kind: "configuration",
    problem: `Nobody can listen at ${socket} (${why})`,
    remedy: "Name a folder that we may write, with a short path",
  });
}
