import { KubernetesError } from "@sluice/kubernetes";
import { expect, it } from "vitest";
import { watchProblem } from "./watch-problem.js";

const REMEDIES = { rights: "Bind the role.", kind: "Install the kind." };
const answered = (status: number): KubernetesError =>
  new KubernetesError({ kind: "answered", status, reason: "R", problem: `answered ${status}` });

it.each([
  [403, "may not list and watch them. Bind the role."],
  [404, "has no such kind. Install the kind."],
])("what is missing is told with where it is to be had: %i", (status, text) => {
  const problem = watchProblem(answered(status), REMEDIES);
  expect(problem).toContain(`answered ${status}`);
  expect(problem).toContain(text);
});

it("what passes by itself has no remedy, and a stranger's error quotes nothing", () => {
  expect(watchProblem(answered(503), REMEDIES)).not.toContain("the");
  expect(watchProblem(new Error("CANARY"), REMEDIES)).not.toContain("CANARY");
});
