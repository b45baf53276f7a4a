import { describe, expect, it } from "vitest";
import { keesImages } from "./kees-images.js";

describe("keesImages", () => {
  it("lets our image take the place of the first release's where it is known", () => {
    expect(keesImages({}, "sluice:1", true)).toEqual({
      images: { "bsycorp/kees/init": "sluice:1" },
    });
    expect(keesImages({}, undefined, true).images).toEqual({});
  });

  it("takes what the settings say", () => {
    const kees = { images: { "acme/init": "sluice:2" } };
    expect(keesImages({ kees }, "sluice:1", true)).toEqual(kees);
    expect(keesImages({ kees: { images: {} } }, "sluice:1", true).images).toEqual({});
  });

  it("replaces nothing where the notation is not read", () => {
    expect(keesImages({}, "sluice:1", false).images).toEqual({});
  });
});
