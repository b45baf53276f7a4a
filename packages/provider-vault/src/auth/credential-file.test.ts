import { expect, it } from "vitest";
import { Refusal } from "../failure/refusal.js";
import { readCredentialFrom } from "./credential-file.js";

const from = async (variable: string, environment: Readonly<Record<string, string>>): Promise<string> =>
  readCredentialFrom({ variable }, { baseDirectory: "/", environment });

it("comes from a variable where there is no file, without white space around it", async () => {
  expect(await from("SECRET", { SECRET: " s3cret\n" })).toBe("s3cret");
});

it.each([{}, { SECRET: "" }, { SECRET: " " }])("is refused where %j has none", async (environment) => {
  const thrown: unknown = await from("SECRET", environment).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(Refusal);
  expect((thrown as Refusal).failure).toMatchObject({
    message: expect.stringContaining("SECRET is not set"),
  });
});
