import { createEventBus } from "@sluice/core";
import { expect, it } from "vitest";
import { WORKLOAD } from "../rules/rules.test-support.js";
import { createLog } from "@sluice/service";
import { writeAudit } from "./audit-log.js";

function logged(level?: string) {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  const log = createLog("broker", { write }, level);
  const events = createEventBus();
  return { lines, log, events, audit: writeAudit(events, log) };
}

it("7.8 has a line for every answer and every refusal, whatever the log leaves out", () => {
  const { lines, log, events, audit } = logged("error");
  const asked = { requestId: "r", remoteAddress: "10.0.0.1", durationMs: 3 };
  events.emit("environment-released", { ...asked, workload: WORKLOAD, planDigest: "d", references: [] });
  events.emit("environment-refused", { ...asked, status: 401, reason: "no-token", message: "m" });
  events.emit("connections-refused", { remoteAddress: "10.0.0.1", reason: "broken-tls", connections: 7 });
  log.info("left out");
  expect(lines).toEqual([
    expect.objectContaining({ audit: true, level: "info", event: "released", workload: WORKLOAD }),
    expect.objectContaining({ audit: true, level: "warn", event: "refused", reason: "no-token", ...asked }),
    expect.objectContaining({ audit: true, event: "connections-refused", connections: 7 }),
  ]);
  for (const { time } of lines) expect(Date.parse(String(time))).not.toBeNaN();
  audit[Symbol.dispose]();
  events.emit("environment-refused", { ...asked, status: 401, reason: "no-token", message: "m" });
  expect(lines).toHaveLength(3);
});

it("cuts off what is called a token or a value, should one ever come", () => {
  const { lines, log } = logged();
  log.info({ token: "CANARY", deep: { value: "CANARY", authorization: "CANARY" } }, "m");
  expect(JSON.stringify(lines)).not.toContain("CANARY");
});
