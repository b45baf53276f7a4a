import { expect, it } from "vitest";
import { parsePod } from "./parse-pod.js";

const metadata = { name: "a", namespace: "b", uid: "c", resourceVersion: "1" };
const spec = { serviceAccountName: "web", containers: [{ name: "x" }] };

it("knows an ephemeral container, and the status of each by its name", () => {
  const status = {
    containerStatuses: [{ name: "y", state: {}, restartCount: 1 }],
    ephemeralContainerStatuses: [{ name: "e", state: { waiting: { reason: "ImagePullBackOff" } } }],
  };
  const ephemeralContainers = [{ name: "e", env: [{ name: "A", value: "1" }] }];
  expect(parsePod({ metadata, spec: { ...spec, ephemeralContainers }, status }).containers).toEqual([
    { name: "x", kind: "container", env: [] },
    {
      name: "e",
      kind: "ephemeral",
      env: [{ name: "A", value: "1" }],
      status: { state: { kind: "waiting", reason: "ImagePullBackOff" }, restartCount: 0 },
    },
  ]);
});

it("takes a pod that is being deleted for one, whatever its time looks like", () => {
  const deleted = { ...metadata, deletionTimestamp: "soon" };
  expect(parsePod({ metadata: deleted, spec }).deletionTime).toBe(0);
});

it.each([
  ["no uid", { metadata: { ...metadata, uid: undefined }, spec }],
  ["no namespace", { metadata: { ...metadata, namespace: undefined }, spec }],
  ["no account", { metadata, spec: { containers: [] } }],
  ["no list of containers", { metadata, spec: { ...spec, containers: {} } }],
  ["a variable without a name", { metadata, spec: { ...spec, containers: [{ name: "x", env: [{}] }] } }],
  [
    "a variable that is no text",
    { metadata, spec: { ...spec, containers: [{ name: "x", env: [{ name: "a", value: 1 }] }] } },
  ],
  ["nothing", undefined],
])("takes what has %s for no pod", (_, value) => {
  expect(() => parsePod(value)).toThrow("none of it");
});
