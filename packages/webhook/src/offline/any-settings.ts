import type { InjectionSettings } from "../strategies/injection-settings.js";

/** Settings where it is no matter how pods would reach a broker. */
export const ANY_SETTINGS: InjectionSettings & Required<Pick<InjectionSettings, "writer">> = {
  source: { address: "https://BROKER", serverName: "BROKER", roots: "ROOTS" },
  launcher: { image: "LAUNCHER", delivery: "copy" },
  writer: { image: "SLUICE" },
};
