import { expect, it } from "vitest";
import { hasEnded } from "./until-app-ends.js";

const RUNNING = { running: {} };
const ended = (exitCode: number) => ({ terminated: { exitCode } });

function podOf(restartPolicy: string, states: Readonly<Record<string, unknown>>): unknown {
  return {
    spec: { restartPolicy, containers: [...Object.keys(states), "sluice-agent"].map((name) => ({ name })) },
    status: {
      containerStatuses: [...Object.entries(states), ["sluice-agent", RUNNING] as const].map(
        ([name, state]) => ({
          name,
          state,
        }),
      ),
    },
  };
}

it.each<readonly [string, unknown, boolean]>([
  ["one that runs", podOf("Never", { web: RUNNING }), false],
  ["one of two that runs", podOf("Never", { web: ended(0), log: RUNNING }), false],
  ["all that ended", podOf("Never", { web: ended(0), log: ended(3) }), true],
  ["one that failed, and is started again", podOf("OnFailure", { web: ended(3) }), false],
  ["one that succeeded, where only failures are started again", podOf("OnFailure", { web: ended(0) }), true],
  ["one that is always started again", podOf("Always", { web: ended(0) }), false],
  [
    "one that nobody has seen yet",
    { spec: { restartPolicy: "Never", containers: [{ name: "web" }] } },
    false,
  ],
])("of a pod with %s", (_, pod, expected) => {
  expect(hasEnded(pod, "sluice-agent")).toBe(expected);
});
