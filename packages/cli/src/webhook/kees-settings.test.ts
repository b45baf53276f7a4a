import { describe, expect, it } from "vitest";
import { keesSettings } from "./kees-settings.js";

describe("keesSettings", () => {
  it("lets our image take the place of the first release's where it is known", () => {
    expect(keesSettings({}, "sluice:1", true)).toEqual({
      domain: "bsycorp.com",
      store: "aws-ssm",
      images: { "bsycorp/kees/init": "sluice:1" },
    });
    expect(keesSettings({}, undefined, true).images).toEqual({});
  });

  it("takes what the settings say", () => {
    const kees = { domain: "acme.dev", store: "prod", images: { "acme/init": "sluice:2" } };
    expect(keesSettings({ kees }, "sluice:1", true)).toEqual(kees);
    expect(keesSettings({ kees: { images: {} } }, "sluice:1", true).images).toEqual({});
  });

  it("replaces nothing where the notation is not read", () => {
    expect(keesSettings({}, "sluice:1", false).images).toEqual({});
  });
});
