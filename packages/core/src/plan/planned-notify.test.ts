import { describe, expect, it } from "vitest";
import type { PlannedNotify } from "./planned-notify.js";
import { checkedFilesPlan } from "./parse-files-plan.js";

function planOf(action: unknown, critical: readonly string[] = ["notify"]): unknown {
  const file = { path: "/run/app/a", content: { format: "raw", text: "x" }, notify: [action] };
  return { version: 1, minReader: 1, critical, roots: ["/run/app"], files: [file] };
}
const check = (plan: unknown) => checkedFilesPlan(plan, ["notify"]);

const TOUCH: PlannedNotify = { do: "touch", path: "/run/app/reload" };

it("files 1.6 names the feature for telling apps, which a writer that goes away refuses", () => {
  expect(check(planOf(TOUCH)).files[0]?.notify).toEqual([TOUCH]);
  expect(() => check(planOf(TOUCH, []))).toThrow("does not say so");
  expect(() => checkedFilesPlan(planOf(TOUCH))).toThrow("does not know: notify");
});

describe("files 1.7 an action", () => {
  it.each<PlannedNotify>([
    TOUCH,
    { do: "command", command: ["systemctl", "reload", "app"] },
    { do: "signal", signal: "SIGHUP", process: "nginx" },
    { do: "http", method: "POST", url: "http://127.0.0.1:8080/reload?a=b" },
    { do: "http", method: "GET", url: "http://[::1]" },
  ])("%o is one", (action) => {
    expect(check(planOf(action)).files[0]?.notify).toEqual([action]);
  });

  it.each<unknown>([
    { do: "mail" },
    { do: "command", command: [] },
    { do: "signal", signal: "SIGKILL", process: "nginx" },
    { do: "signal", signal: "SIGHUP", process: "a/b" },
    { do: "http", method: "POST", url: "http://10.0.0.1/" },
    { do: "http", method: "POST", url: "http://localhost.example/" },
    { do: "http", method: "POST", url: "http://localhost@example.org/" },
    { do: "http", method: "DELETE", url: "http://localhost/" },
    { do: "touch", path: "relative" },
  ])("%o is none", (action) => {
    expect(() => check(planOf(action))).toThrow("malformed");
  });
});
