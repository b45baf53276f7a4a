import { SluiceError } from "@sluice/core";
import { expect, it } from "vitest";
import { parseSourceAddress } from "./source-address.js";

it.each([
  ["https://10.0.0.1:8443", "https:10.0.0.1:8443"],
  ["https://[::1]:8443/", "https:[::1]:8443"],
  ["https://broker.svc", "https:broker.svc"],
  ["unix:/run/s.sock", "unix:/run/s.sock"],
  ["unix:///run/s.sock", "unix:/run/s.sock"],
  ["file:/run/answer", "file:/run/answer"],
])("reads %s", (text, expected) => {
  const address = parseSourceAddress(text);
  expect(`${address.kind}:${address.kind === "https" ? address.url.host : address.path}`).toBe(expected);
});

it.each([
  "",
  "http://broker.svc",
  "https://CANARY@broker.svc",
  "https://user:CANARY@broker.svc",
  "https://broker.svc/CANARY",
  "https://broker.svc?CANARY",
  "https://broker.svc#CANARY",
  "https://",
  "unix:CANARY",
  "file://CANARY",
  "file:/a\0b",
  "ftp:/CANARY",
])("refuses %j, and quotes nothing of it", (text) => {
  const thrown = thrownBy(() => parseSourceAddress(text));
  expect(SluiceError.isInstance(thrown) && thrown.code).toBe("SLU1301");
  expect(String(thrown)).not.toContain("CANARY");
});

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (thrown) {
    return thrown;
  }
}
