import { describeConformance } from "@sluice/provider-conformance";
import { afterAll, describe, expect, it, test } from "vitest";
import { NO_MOTO, openMoto } from "./open-moto.js";
import { secretsManagerSubject } from "./secrets-manager-subject.js";
import { ssmSubject } from "./ssm-subject.js";

const moto = await openMoto();
const SUBJECTS = { ssm: ssmSubject, "secrets-manager": secretsManagerSubject };

const excluded: Record<string, readonly string[]> = {};
if (moto)
  for (const [title, subject] of Object.entries(SUBJECTS)) {
    const left = await describeConformance({ describe, test }, async () => subject(moto), { title });
    excluded[title] = left.map(({ id }) => id);
  }

/**
 * Native fields, watching, conditions on versions, leases; nothing empty, beyond ASCII, disabled, expired, outside. On
 * moto rights are not told apart by item.
 */
const NEITHER = "2.4 2.10 2.20 2.22 3.2 3.3 6.10 7.1 7.2 7.3 7.4 7.5 7.6 8.4 8.8 9.1 9.2 9.3 9.4".split(" ");

describe.skipIf(!moto)("is excluded from nothing but", () => {
  const { close } = moto ?? NO_MOTO;
  afterAll(async () => close());

  it.each([
    // A parameter is text.
    ["ssm", [...NEITHER, "2.5"]],
    ["secrets-manager", NEITHER],
  ])("what %s cannot have", (title, expected) => {
    expect(new Set(excluded[title])).toEqual(new Set(expected));
  });
});
