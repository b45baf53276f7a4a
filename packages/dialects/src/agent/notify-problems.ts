import type { AgentFile, DialectProblem } from "@sluice/core/dialect";
import type { PlannedNotify } from "@sluice/core/plan";
import type { Container, Pod } from "@sluice/core/pod";
import type { AgentOptions } from "./agent-options.js";
import { knownCommand, shellCommand } from "./notify-action.js";

const LOCAL: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * The action that a command stands for, or why it cannot be done.
 *
 * @param where - What the message calls the command.
 */
export function readNotify(
  text: string,
  where: string,
  { shell = false }: AgentOptions,
): PlannedNotify | DialectProblem {
  const action = knownCommand(text);
  if (action === undefined)
    return shell
      ? shellCommand(text)
      : {
          problem: `${where} has a command that only a shell can run, and the agent's image has none`,
          remedy:
            "Write it as pkill -SIGNAL NAME, curl -X POST http://127.0.0.1:PORT/PATH or touch FILE; or let those who run Sluice give the agent an image with a shell (shell)",
        };
  if (action.do !== "http" || isLocal(action.url)) return action;
  return {
    problem: `${where} calls an address that is not the pod's own`,
    remedy: "Call http://127.0.0.1:PORT or http://localhost:PORT",
  };
}

/** Who is to be signalled. */
export interface Signalled {
  /** Containers whose processes it may be. */
  readonly containers: readonly string[];
  /** Whether the notation itself asks that the pod's containers share their processes. */
  readonly isShared: boolean;
  /** As whom the agent runs, where the pod says. */
  readonly uid?: number | undefined;
}

/** Why processes of the pod cannot be signalled by an agent beside them, where a file asks for it. */
export function fileSignalProblems(
  files: readonly AgentFile[],
  pod: Pod,
  { containers, isShared, uid: agentUid }: Signalled,
): DialectProblem[] {
  if (!files.some(({ notify }) => notify.some((action) => action.do === "signal"))) return [];
  if (!isShared && pod.spec["shareProcessNamespace"] !== true)
    return [
      {
        problem:
          "A process is to be signalled, and an agent in a container of its own sees none but its own processes",
        remedy:
          "Set shareProcessNamespace: true in the pod, if its containers may see each other's environment and files; or use an HTTP call or touch",
      },
    ];
  const uids = pod.spec.containers
    .filter(({ name }) => containers.includes(name))
    .map((container) => userOf(container, pod));
  const [uid] = uids;
  if (uid !== undefined && uid !== 0 && uids.every((other) => other === uid) && (agentUid ?? uid) === uid)
    return [];
  return [
    {
      problem:
        "A process is to be signalled, which only the same user may do, and the pod does not say who that is",
      remedy:
        "Set securityContext.runAsUser, the same for the pod's containers and not 0, and let the agent run as it; or use an HTTP call or touch",
    },
  ];
}

/** As whom a container runs, where the pod says. */
export function userOf({ securityContext }: Container, { spec }: Pod): number | undefined {
  const own = (securityContext as { readonly runAsUser?: unknown } | undefined)?.runAsUser;
  const shared = (spec["securityContext"] as { readonly runAsUser?: unknown } | undefined)?.runAsUser;
  const uid = own ?? shared;
  return typeof uid === "number" ? uid : undefined;
}

function isLocal(url: string): boolean {
  return URL.canParse(url) && LOCAL.has(new URL(url).hostname) && new URL(url).username === "";
}
