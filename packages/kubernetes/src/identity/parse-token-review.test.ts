import { expect, it } from "vitest";
import { parseTokenReview } from "./parse-token-review.js";

const user = { username: "system:serviceaccount:shop:web" };

it.each([
  ["none, as a server that knows of none", undefined],
  ["others", ["b"]],
  ["something else", "a"],
])("refuses a token that was reviewed for %s", (_, audiences) => {
  const status = { authenticated: true, audiences, user };
  expect(parseTokenReview({ status }, ["a"])).toMatchObject({
    authenticated: false,
    reason: "wrong-audience",
  });
});

it.each([undefined, false, "true", 1])("refuses one that is authenticated: %j", (authenticated) => {
  const status = { authenticated, audiences: ["a"], user, error: "CANARY" };
  const review = parseTokenReview({ status }, ["a"]);
  expect(review).toMatchObject({ authenticated: false, reason: "not-authenticated" });
  expect(JSON.stringify(review)).not.toContain("CANARY");
});

it.each([[undefined], [{}], [{ status: null }], [{ status: { authenticated: true, audiences: ["a"] } }]])(
  "takes %j for no review",
  (body) => {
    expect(() => parseTokenReview(body, ["a"])).toThrow("token-review");
  },
);

it("takes only a service account for one, and only a whole pod", () => {
  const review = (username: string, extra: object = {}): unknown =>
    parseTokenReview({ status: { authenticated: true, audiences: ["a"], user: { username, extra } } }, ["a"]);
  for (const username of [
    "admin",
    "system:serviceaccount:shop",
    "system:serviceaccount:a:b:c",
    "x:system:serviceaccount:a:b",
  ])
    expect(review(username)).not.toHaveProperty("serviceAccount");
  expect(review(user.username, { "authentication.kubernetes.io/pod-name": ["a"] })).not.toHaveProperty("pod");
});
