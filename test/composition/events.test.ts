import { createEventBus } from "@sluice/core";
import { expect, expectTypeOf, it } from "vitest";

// As the documentation of SluiceEvents tells packages to do.
declare module "@sluice/core" {
  interface SluiceEvents {
    "composition-tested": { readonly pod: string };
  }
}

it("lets a package add events of its own to the bus, by declaration merging", () => {
  const bus = createEventBus();
  const pods: string[] = [];
  using _subscription = bus.on("composition-tested", (event) => {
    expectTypeOf(event).toEqualTypeOf<{ readonly pod: string }>();
    pods.push(event.pod);
  });
  bus.emit("composition-tested", { pod: "web" });
  // @ts-expect-error not what this event carries
  bus.emit("composition-tested", { pot: "web" });
  expect(pods).toEqual(["web", undefined]);
});
