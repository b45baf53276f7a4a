import { expect, it } from "vitest";
import { sessionName } from "./delegated-credentials.js";

it("names a session so that AWS takes it and two subjects do not meet", () => {
  expect(sessionName("shop.web")).toBe("shop.web");
  const names = ["system:serviceaccount:shop:web", "system-serviceaccount-shop:web", "x", "y".repeat(300)];
  const made = names.map(sessionName);
  for (const name of made) expect(name).toMatch(/^[\w+=,.@-]{2,64}$/);
  expect(new Set(made).size).toBe(names.length);
});
