import { expect, it } from "vitest";
import { remoteSpan } from "./remote-span.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

it.each([
  ["01", 1],
  ["00", 0],
  ["03", 1],
])("reads a traceparent with flags %s", (flags, traceFlags) => {
  expect(remoteSpan(`00-${TRACE}-${SPAN}-${flags}`)).toEqual({
    traceId: TRACE,
    spanId: SPAN,
    traceFlags,
    isRemote: true,
  });
});

it.each([
  "",
  "00",
  `00-${"0".repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${"0".repeat(16)}-01`,
  `ff-${TRACE}-${SPAN}-01`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01-more`,
  `00-${TRACE}-${SPAN}`,
  `00-${TRACE}-${SPAN}-01\n`,
])("takes %j for none", (traceparent) => {
  expect(remoteSpan(traceparent)).toBeUndefined();
});
