import { expect, it } from "vitest";
import { requestUrl } from "../client/request-url.js";
import { resourcePath } from "./resource.js";

it("is a path of the core group, or of another, in a namespace or not", () => {
  expect(resourcePath({ version: "v1", plural: "secrets", namespace: "a" }, "b")).toBe(
    "/api/v1/namespaces/a/secrets/b",
  );
  expect(resourcePath({ group: "apps", version: "v1", plural: "deployments" })).toBe(
    "/apis/apps/v1/deployments",
  );
});

it("lets no name out of its place", () => {
  expect(resourcePath({ version: "v1", plural: "secrets", namespace: "a" }, "b/../?x#y")).toBe(
    "/api/v1/namespaces/a/secrets/b%2F..%2F%3Fx%23y",
  );
});

it("goes below the server's own path", () => {
  const request = { path: "/api/v1/secrets", query: { limit: "5", continue: undefined } };
  expect(requestUrl(new URL("https://host/k8s/c-1/"), request).href).toBe(
    "https://host/k8s/c-1/api/v1/secrets?limit=5",
  );
});
