import { mkdir, writeFile } from "node:fs/promises";
import { createServer as createHttp, type Server } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createSourceHandler, type EnvironmentAnswer } from "@sluice/protocol";
import { formatPlan, type InjectionPlan } from "@sluice/core/plan";
import { createAuthority } from "../../servers/faults/test-authority.js";

const NAME = "sluice-broker.sluice-system.svc";

/** The three kinds of source, each with the same answer, and what a container needs in order to ask it. */
export interface OpenSources {
  readonly kinds: readonly SourceKind[];
  /** The launcher's variables; `folder` is where {@link shared} is mounted in the container. */
  variables(kind: SourceKind, folder: string): Promise<string[]>;
  close(): Promise<void>;
}

export type SourceKind = "https" | "unix" | "file";

/**
 * @param shared - Folder of the machine that the containers see.
 * @param references - Variables and their references.
 */
export async function openSources(
  shared: string,
  references: Readonly<Record<string, string>>,
  answer: EnvironmentAnswer,
): Promise<OpenSources> {
  const handler = createSourceHandler({ answer: async () => answer });
  const authority = await createAuthority("Matrix authority");
  const https = createHttps(
    { ...(await authority.issue({ names: [NAME] })), minVersion: "TLSv1.3" },
    handler,
  );
  const unix = createHttp(handler);
  await mkdir(shared, { recursive: true });
  await listen(https, 0);
  await listen(unix, join(shared, "source.sock"));
  await writeFile(join(shared, "token"), "a.b.c", { mode: 0o444 });
  const { port } = https.address() as AddressInfo;
  const addresses = (folder: string): Record<SourceKind, string> => ({
    https: `https://127.0.0.1:${port}`,
    unix: `unix:${folder}/source.sock`,
    file: `file:${folder}/environment.json`,
  });
  return {
    kinds: ["https", "unix", "file"],
    variables: async (kind, folder) => {
      const plan: InjectionPlan = {
        version: 1,
        minReader: 1,
        critical: [],
        container: "web",
        env: references,
        source: { serverName: NAME, roots: authority.ca, token: `${folder}/token`, waitSeconds: 5 },
      };
      return [`SLUICE_PLAN=${formatPlan(plan)}`, `SLUICE_SOURCE=${addresses(folder)[kind]}`];
    },
    close: async () => {
      for (const server of [https, unix]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

function listen(server: Server, where: number | string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    if (typeof where === "number") server.listen(where, "127.0.0.1", resolve);
    else server.listen(where, resolve);
  });
}
