import { type Dialect, readContainer, type Scope } from "@sluice/core/dialect";
import type { Container, ContainerKind } from "@sluice/core/pod";
import { expect, it } from "vitest";
import { kees } from "./index.js";

const dialect: Dialect = kees({ isInit: ({ image }) => image === "init" });

function problems(
  annotations: Readonly<Record<string, string>>,
  container: Container = { name: "c", image: "init" },
  kind: ContainerKind = "init",
): readonly string[] {
  const pod = { metadata: { annotations }, spec: { containers: [] } };
  const scope: Scope = { pod, namespace: "shop", namespaceLabels: {}, objects: { find: () => undefined } };
  const reading = readContainer(container, kind, [dialect], scope);
  expect(Object.keys(reading.env)).toEqual([]);
  return reading.problems.map(({ problem }) => problem);
}

const WRONG = { "secret.bsycorp.com/a": "kind=BLAh" };

it("tells what its init container could not follow, and no other", () => {
  expect(problems(WRONG)).toEqual(["Annotation secret.bsycorp.com/a has a kind that there is not"]);
  expect(problems(WRONG, { name: "c", image: "other" })).toEqual([]);
  expect(problems(WRONG, { name: "c", image: "init" }, "app")).toEqual([]);
});

it("tells of parts that contradict one another", () => {
  expect(
    problems({
      "secret.bsycorp.com/k_public": "kind=DYNAMIC,type=RSA,size=2048",
      "secret.bsycorp.com/k_private": "kind=DYNAMIC,type=RSA,size=4096",
    }),
  ).toHaveLength(1);
});

it("applies to pods with annotations of its domain", () => {
  const applies = (annotation: string) => {
    const pod = { metadata: { annotations: { [annotation]: "" } }, spec: { containers: [] } };
    return dialect.appliesTo(pod, {
      pod,
      namespace: "",
      namespaceLabels: {},
      objects: { find: () => undefined },
    });
  };
  expect(applies("lease.bsycorp.com/a")).toBe(true);
  expect(applies("init.bsycorp.com/local-mode")).toBe(false);
  expect(applies("secret.acme.dev/a")).toBe(false);
});
