import { Validator } from "@cfworker/json-schema";
import { defineProvider } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { composeConfigSchema } from "./config-schema.js";

const capabilities = { batchSize: 1, fields: "extracted", versions: { exact: false, label: false } } as const;
const provider = (id: string, option: string) =>
  defineProvider<object>({
    id,
    optionsSchema: {
      type: "object",
      additionalProperties: false,
      required: [option],
      properties: { [option]: { type: "string" } },
    },
    capabilities,
    create: () => ({ resolve: async () => [] }),
  });

describe("composeConfigSchema", () => {
  const schema = composeConfigSchema([provider("file", "path"), provider("vault", "address")]);
  const accepts = (store: object): boolean =>
    new Validator({ ...schema }, "2020-12").validate({ stores: { dev: store } }).valid;

  it("holds each store against its own provider's options", () => {
    expect(accepts({ provider: "file", path: "x" })).toBe(true);
    expect(accepts({ provider: "vault", address: "x" })).toBe(true);
    expect(accepts({ provider: "vault", path: "x" })).toBe(false);
    expect(accepts({ provider: "file", path: "x", address: "y" })).toBe(false);
    expect(accepts({ provider: "file" })).toBe(false);
    expect(accepts({ provider: "other", path: "x" })).toBe(false);
  });
});
