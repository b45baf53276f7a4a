import type { AgentFile } from "@sluice/core/dialect";
import type { Pod } from "@sluice/core/pod";
import { describe, expect, it } from "vitest";
import { fileSignalProblems, readNotify, type Signalled } from "./notify-problems.js";

const SIGNAL = { do: "signal", signal: "SIGHUP", process: "app" } as const;
const TOUCH = { do: "touch", path: "/run/x" } as const;

const file = (...notify: AgentFile["notify"]): AgentFile => ({
  label: "a",
  folder: "/vault/secrets",
  path: "a",
  template: "",
  missingKey: "zero",
  notify,
});

const user = (runAsUser?: number) => (runAsUser === undefined ? {} : { securityContext: { runAsUser } });

const pod = (spec: object, ...users: readonly (number | undefined)[]): Pod => ({
  spec: { containers: users.map((uid, index) => ({ name: `c${index}`, ...user(uid) })), ...spec },
});

const SHARED = { shareProcessNamespace: true };

const told = (
  subject: Pod,
  { containers = ["c0"], isShared = false, uid }: Partial<Signalled> = {},
): string =>
  fileSignalProblems([file(TOUCH), file(SIGNAL)], subject, { containers, isShared, uid })
    .map(({ problem }) => problem)
    .join();

describe("a signal is denied", () => {
  it("where the pod's containers do not share their processes", () => {
    expect(told(pod({}, 1000))).toContain("sees none but its own processes");
    expect(told(pod({ shareProcessNamespace: false }, 1000))).toContain("sees none but its own processes");
    // Processes of the node are nobody's to signal.
    expect(told(pod({ hostPID: true }, 1000))).toContain("sees none but its own processes");
  });

  it.each<readonly [string, Pod, Partial<Signalled>]>([
    ["no user is stated", pod(SHARED, undefined), {}],
    ["the user is root, as which no agent runs", pod(SHARED, 0), {}],
    ["the pod's user is root", pod({ ...SHARED, ...user(0) }, undefined), {}],
    ["two containers have different users", pod(SHARED, 1000, 1001), { containers: ["c0", "c1"] }],
    ["one of two says no user", pod(SHARED, 1000, undefined), { containers: ["c0", "c1"] }],
    ["the agent is to run as somebody else", pod(SHARED, 1000), { uid: 1001 }],
  ])("where %s", (_, subject, signalled) => {
    expect(told(subject, signalled)).toContain("only the same user may do");
  });
});

describe("a signal is allowed", () => {
  it.each<readonly [string, Pod, Partial<Signalled>]>([
    ["the pod shares its processes, and its container's user is stated", pod(SHARED, 1000), {}],
    ["the notation asks to share them", pod({}, 1000), { isShared: true }],
    ["the pod's user is that of all", pod({ ...SHARED, ...user(1000) }, undefined, undefined), {}],
    ["the agent is to run as the same", pod(SHARED, 1000), { uid: 1000 }],
    ["another user is that of a container which is not told", pod(SHARED, 1000, 1001), {}],
  ])("where %s", (_, subject, signalled) => {
    expect(told(subject, signalled)).toBe("");
  });

  it("and asks for nothing where none is sent", () => {
    expect(
      fileSignalProblems([file(TOUCH)], pod({}, undefined), { containers: ["c0"], isShared: false }),
    ).toEqual([]);
  });
});

it.each([
  "curl -X POST http://10.0.0.1:80/reload",
  "curl -X POST http://169.254.169.254/latest",
  "curl -X POST http://localhost.example/",
  "curl -X POST http://user@127.0.0.1:80/",
])("a call to an address that is not the pod's own is denied: %s", (command) => {
  expect(readNotify(command, "It", {})).toMatchObject({
    problem: expect.stringContaining("not the pod's own"),
  });
});
