import mittExport, { type Emitter } from "mitt";
import { thrownName } from "../util/thrown-name.js";
import type { SluiceEvents } from "./sluice-events.js";

type EventName = keyof SluiceEvents;
/** As a type alias, which mitt's index signature accepts where it refuses an interface. */
type EventMap = { [Name in EventName]: SluiceEvents[Name] };

// mitt's typings describe its CommonJS build; under Node's ESM the default export is the function itself.
const mitt = mittExport as unknown as () => Emitter<EventMap>;

/** Typed publish and subscribe. A throwing or rejecting listener disturbs neither the sender nor the others. */
export interface EventBus {
  emit<Name extends EventName>(name: Name, event: SluiceEvents[Name]): void;
  /** Dispose the result to stop listening. */
  on<Name extends EventName>(name: Name, listener: (event: SluiceEvents[Name]) => unknown): Disposable;
  /** Listens to everything, as metrics and audit do. */
  onAny(listener: (name: EventName, event: SluiceEvents[EventName]) => unknown): Disposable;
}

/**
 * Makes a bus. A listener that throws hurts no other: it is told of by `listener-failed`.
 *
 * @example
 * ```ts
 * import { createEventBus } from "@sluice/core";
 *
 * const events = createEventBus();
 * using _listening = events.on("secret-failed", ({ reference, reason }) => console.warn(reference, reason));
 * ```
 */
export function createEventBus(): EventBus {
  const emitter = mitt();

  /** mitt stops at the first handler that throws, so none does. */
  function guard(event: EventName, listen: () => unknown): void {
    try {
      const result = listen();
      if (result instanceof Promise) result.catch((thrown: unknown) => report(event, thrown));
    } catch (thrown) {
      report(event, thrown);
    }
  }

  function report(event: EventName, thrown: unknown): void {
    // A listener of this very event that throws would go round in circles.
    if (event === "listener-failed") return;
    emitter.emit("listener-failed", { event, errorName: thrownName(thrown) });
  }

  return {
    emit: (name, event) => emitter.emit(name, event),
    on: (name, listener) => {
      const handler = (event: SluiceEvents[typeof name]): void => guard(name, () => listener(event));
      emitter.on(name, handler);
      return { [Symbol.dispose]: () => emitter.off(name, handler) };
    },
    onAny: (listener) => {
      const handler = (name: EventName, event: SluiceEvents[EventName]): void =>
        guard(name, () => listener(name, event));
      emitter.on("*", handler);
      return { [Symbol.dispose]: () => emitter.off("*", handler) };
    },
  };
}
