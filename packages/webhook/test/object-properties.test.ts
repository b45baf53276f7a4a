import * as fc from "fast-check";
import { expect, it } from "vitest";
import { encode, review, secret, stored, VALUES } from "./object-reviews.js";

it("whatever an object is, it is filled whole, denied, or left alone", async () => {
  const text = fc.oneof(
    fc.constantFrom(
      ...Object.keys(VALUES),
      "vault:secret/data/db#user",
      "${vault:secret/data/db#user}",
      "${",
      "vault:",
    ),
    fc.string(),
    fc
      .array(fc.constantFrom("${vault:secret/data/db#user}", ":", "$", "{", "}", "secret://prod/db"), {
        maxLength: 5,
      })
      .map((parts) => parts.join("")),
  );
  const config = fc.dictionary(fc.string(), fc.dictionary(fc.constantFrom("auth", "username", "x"), text));
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), text), config, async (data, auths) => {
      const object = secret({
        ...data,
        ".dockerconfigjson": JSON.stringify({
          auths: Object.fromEntries(
            Object.entries(auths).map(([host, { auth, ...others }]) => [
              host,
              { ...others, ...(auth !== undefined && { auth: encode(auth) }) },
            ]),
          ),
        }),
      });
      const answer = await review(object);
      const after = answer.allowed ? await stored(object) : object;
      // What was filled asks for nothing more.
      const again = await review(after);
      expect(answer.allowed ? again : { allowed: true, patch: [] }).toMatchObject({
        allowed: true,
        patch: [],
      });
    }),
    { numRuns: 300 },
  );
});
