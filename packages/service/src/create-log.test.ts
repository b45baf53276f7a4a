import { expect, it } from "vitest";
import { createLog } from "./create-log.js";

it("writes lines of JSON, and cuts off what might be a value", () => {
  const lines: string[] = [];
  const log = createLog("webhook", { write: (line: string) => void lines.push(line) });
  log.info({ token: "hunter2", inner: { key: "hunter2", name: "n" } }, "said");
  log.debug("not at this level");
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      level: "info",
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      component: "webhook",
      token: "[redacted]",
      inner: { key: "[redacted]", name: "n" },
      msg: "said",
    },
  ]);
});
