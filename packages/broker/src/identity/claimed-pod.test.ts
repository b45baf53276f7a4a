import { expect, it } from "vitest";
import { claimedPod } from "./claimed-pod.js";

const token = (payload: unknown): string =>
  `head.${Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload)).toString("base64url")}.signature`;
const bound = (namespace: unknown, name: unknown) => token({ "kubernetes.io": { namespace, pod: { name } } });

it("is what the token says", () => {
  const name = `web.${"a".repeat(63)}`;
  expect(claimedPod(bound("shop", name))).toEqual({ namespace: "shop", name });
});

it.each([
  ["no token", "CANARY"],
  ["more than a token", `${bound("shop", "web")}.`],
  ["not JSON", token("{")],
  ["null", token("null")],
  ["not bound", token({ "kubernetes.io": { namespace: "shop" } })],
  ["a pod that is a text", token({ "kubernetes.io": { namespace: "shop", pod: "web" } })],
  [
    "inherited members",
    token({ "kubernetes.io": { namespace: "shop", pod: { __proto__: { name: "web" } } } }),
  ],
  ["no namespace", bound(undefined, "web")],
  ["a path for a namespace", bound("..", "web")],
  ["a path for a name", bound("shop", "..")],
  ["a longer path for a name", bound("shop", "../../secrets/db")],
  ["a query", bound("shop", "web?watch=true")],
  ["a line", bound("shop", "web\n")],
  ["a name that is too long", bound("shop", `${"a".repeat(63)}.`.repeat(4))],
  ["a long name of parts", bound("shop", Array.from({ length: 127 }, () => "aa").join("."))],
])("is none of %s", (_, text) => {
  expect(claimedPod(text)).toBeUndefined();
});
