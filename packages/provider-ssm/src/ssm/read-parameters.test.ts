import { expect, it } from "vitest";
import { answersFrom } from "./read-parameters.js";

it("matches answers with what was asked, whichever way AWS names them", () => {
  const arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/shared";
  const names = ["/a:2", arn, "/gone", "/lost", "/empty"].map((ask) => ({
    name: ask.replace(/:2$/, ""),
    ask,
  }));
  const answers = answersFrom(
    names,
    [
      { Name: "/a", Selector: ":2", Value: "A", Version: 2, LastModifiedDate: new Date(5) },
      { Name: arn, Value: "S", Version: 1 },
      { Name: "/empty", Version: 1 },
    ],
    ["/gone"],
  );
  expect(answers.get("/a:2")).toMatchObject({ version: "2", updatedAt: 5 });
  expect(answers.get(arn)).toMatchObject({ version: "1" });
  expect(answers.get("/gone")).toMatchObject({ status: "not-found" });
  expect(answers.get("/lost")).toMatchObject({ status: "unavailable", reason: "not-answered" });
  expect(answers.get("/empty")).toMatchObject({ status: "invalid", reason: "no-value" });
});
