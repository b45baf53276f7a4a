import { expect, it } from "vitest";
import { failureOfItem, failureOfSecret } from "./failure-of-secret.js";

it("takes a secret scheduled for deletion for one that is gone, and tells it from other bad requests", () => {
  const error = (message: string) => Object.assign(new Error(message), { name: "InvalidRequestException" });
  const deleted = { status: "not-found", reason: "scheduled-for-deletion" };
  expect(failureOfSecret(error("You can't: the secret was marked for deletion."))).toMatchObject(deleted);
  expect(failureOfSecret(error("It is managed by another service."))).toMatchObject({ status: "invalid" });
  expect(failureOfItem("InvalidRequestException", "is scheduled for deletion")).toMatchObject(deleted);
});

it("takes the code of an item for what the error of that name means", () => {
  expect(failureOfItem("ResourceNotFoundException", "")).toMatchObject({ status: "not-found" });
  expect(failureOfItem("AccessDeniedException", "")).toMatchObject({ status: "denied" });
  expect(failureOfItem("InternalServiceError", "")).toMatchObject({ status: "unavailable" });
  expect(failureOfItem("Something new: canary", "")).toMatchObject({ reason: "unknown-error" });
});
