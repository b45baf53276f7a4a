import { SecretValue } from "@sluice/core";
import { expect, it } from "vitest";
import type { ActualOutput } from "./actual-output.js";
import { describeContest } from "./contest.js";
import type { DesiredOutput } from "./desired-output.js";
import type { SyncOwner } from "./source-mark.js";

const NEXT = Date.parse("2026-11-21T12:00:00Z");
const owner: SyncOwner = {
  apiVersion: "sluice.dev/v1alpha1",
  kind: "SecretSync",
  namespace: "shop",
  name: "db",
  uid: "u",
  generation: 1,
};
const desired: DesiredOutput = {
  kind: "Secret",
  namespace: "shop",
  name: "db",
  labels: {},
  annotations: {},
  creationPolicy: "Owner",
  deletionPolicy: "Retain",
  adopt: false,
  entries: new Map([["password", SecretValue.fromText("CANARY")]]),
};
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const actual = (data: Record<string, string>, managers: ActualOutput["managers"]): ActualOutput => ({
  uid: "o",
  resourceVersion: "1",
  data: new Map(Object.entries(data).map(([key, text]) => [key, base64(text)])),
  labels: {},
  annotations: {},
  owners: new Set(),
  marks: [],
  isImmutable: false,
  isTerminating: false,
  managers,
});
const manager = (name: string, time: string, ...keys: string[]): ActualOutput["managers"][number] => ({
  manager: name,
  operation: "Update",
  time,
  keys: new Set(keys),
});
const OWN = manager("sluice-sync/SecretSync.db", "2026-11-21T11:59:00Z");

it.each<[string, ActualOutput | undefined, string]>([
  ["nobody is left to name where it is deleted", undefined, "Somebody keeps deleting Secret shop/db"],
  [
    "whoever owns a key with another value is named with the key",
    actual({ password: "theirs" }, [
      OWN,
      manager("other", "2026-11-21T11:59:01Z"),
      manager("rival", "", "password"),
    ]),
    "The field manager rival keeps changing password of Secret shop/db",
  ],
  [
    "where a key is taken away, whoever wrote last",
    actual({}, [OWN, manager("early", "2026-11-21T11:00:00Z"), manager("rival", "2026-11-21T11:58:00Z")]),
    "The field manager rival keeps changing Secret shop/db",
  ],
  ["nobody where nobody else ever wrote", actual({}, [OWN]), "Somebody keeps changing Secret shop/db"],
])("%s", (_, found, text) => {
  const message = describeContest(desired, owner, found, NEXT);
  expect(message.startsWith(text)).toBe(true);
  expect(message).toContain("2026-11-21T12:00:00Z");
  expect(message).not.toContain("CANARY");
  expect(message).not.toContain("theirs");
});
