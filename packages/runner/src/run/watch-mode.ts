import { constants } from "node:os";

/** What happens to a running command when one of its secrets changes. */
export type WatchMode =
  /** It is started again with the new environment. */
  | { readonly kind: "restart" }
  /** It is sent a signal; its environment stays what it was. */
  | { readonly kind: "signal"; readonly signal: NodeJS.Signals }
  /** Nothing but a notice. */
  | { readonly kind: "none" };

/** Reads `restart`, `none`, `signal:HUP` or `signal:SIGHUP`; `undefined` for anything else. */
export function parseWatchMode(text: string): WatchMode | undefined {
  if (text === "restart" || text === "none") return { kind: text };
  const name = /^signal:(?:SIG)?([A-Z0-9]+)$/i.exec(text)?.[1];
  const signal = `SIG${name?.toUpperCase()}`;
  return isSignal(signal) ? { kind: "signal", signal } : undefined;
}

function isSignal(name: string): name is NodeJS.Signals {
  return name in constants.signals;
}
