import { describe, expect, it } from "vitest";
import { keesFamilies, readKeesAnnotations } from "./index.js";

const SEED = {
  "iam.amazonaws.com/role": "cluster-app-role",
  "secret.bsycorp.com/signingKey.v1_public": "kind=DYNAMIC,type=RSA,size=2048,foo=bar",
  "secret.bsycorp.com/signingKey.v1_private": "kind=DYNAMIC,type=RSA,size=2048,foo=bar",
  "secret.bsycorp.com/db.password": "kind=REFERENCE,type=PASSWORD",
};

describe("keesFamilies", () => {
  function families(annotations: Readonly<Record<string, string>>) {
    return keesFamilies(readKeesAnnotations(annotations).parameters);
  }

  it("makes a key's parts together, asked for or not, and never a REFERENCE", () => {
    expect(
      families({ ...SEED, "secret.bsycorp.com/signingKey.v1_private": "kind=REFERENCE,type=RSA" }),
    ).toEqual({
      problems: [],
      families: [
        {
          bareName: "signingKey.v1",
          type: "RSA",
          size: 2048,
          members: [
            { field: "private", storageSuffix: "signingKey.v1_private" },
            {
              field: "public",
              storageSuffix: "signingKey.v1_public",
              annotation: "secret.bsycorp.com/signingKey.v1_public",
            },
          ],
        },
      ],
    });
  });

  it("keeps each part at its own storageKey", () => {
    const settings = "kind=DYNAMIC,type=RSA,size=2048,storageKey=";
    const { families: made } = families({
      "secret.bsycorp.com/k_public": `${settings}keys/p`,
      "secret.bsycorp.com/k_private": `${settings}keys/s`,
    });
    expect(made).toHaveLength(1);
    expect(made[0]?.members.map(({ storageSuffix }) => storageSuffix)).toEqual(["keys/p", "keys/s"]);
  });

  it("gives an API key to both sides, and whoever else asks for it", () => {
    const { families: made } = families({
      "secret.bsycorp.com/api-key.a": "kind=DYNAMIC,type=RANDOM,size=128",
    });
    expect(made[0]?.members.map(({ storageSuffix }) => storageSuffix)).toEqual([
      "api-key.a",
      "api-key.a_consumer",
      "api-key.a_provider",
    ]);
    const [other] = families({
      "secret.bsycorp.com/api-key.a": "kind=DYNAMIC,type=PASSWORD,size=8",
    }).families;
    expect(other?.members).toHaveLength(1);
  });

  it("makes nothing of parts that contradict one another, or are none", () => {
    const { families: made, problems } = families({
      "secret.bsycorp.com/k_public": "kind=DYNAMIC,type=RSA,size=2048",
      "secret.bsycorp.com/k_private": "kind=DYNAMIC,type=RSA,size=4096",
      "secret.bsycorp.com/j": "kind=DYNAMIC,type=RSA,size=4096",
      "secret.bsycorp.com/p_a": "kind=DYNAMIC,type=PASSWORD,size=64",
      "secret.bsycorp.com/p_b": "kind=DYNAMIC,type=PASSWORD,size=128",
    });
    expect(problems.map(({ annotation }) => annotation)).toEqual([
      "secret.bsycorp.com/j",
      "secret.bsycorp.com/k_public",
    ]);
    expect(problems[0]?.remedy).toBe("Name it j_private or j_public");
    expect(made.map(({ members }) => members.map(({ storageSuffix }) => storageSuffix))).toEqual([
      ["p_a"],
      ["p_b"],
    ]);
  });
});
