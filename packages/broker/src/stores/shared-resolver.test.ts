import { createEventBus, createSecretResolver, type StoreDefinition } from "@sluice/core";
import { expect, it } from "vitest";
import { SharedResolver } from "./shared-resolver.js";

const stores: Readonly<Record<string, StoreDefinition>> = {};
const open = () => new SharedResolver(createSecretResolver({ stores, events: createEventBus() }));

it("is not lent once it is closed, and lent while it is not", async () => {
  const shared = open();
  const first = shared.borrow();
  const retired = shared.retire();
  const second = shared.borrow();
  expect(second).toBeDefined();
  first?.[Symbol.dispose]();
  // What was disposed already counts once.
  first?.[Symbol.dispose]();
  expect(shared.borrow()?.[Symbol.dispose]()).toBeUndefined();
  second?.[Symbol.dispose]();
  await retired;
  expect(shared.borrow()).toBeUndefined();
});
