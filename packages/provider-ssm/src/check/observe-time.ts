import { headerOf } from "../failure/header-of.js";

/** A middleware of the SDK that tells the time of the store's clock, from the header of whatever it answers. */
export function observeTime(observed: (time: number) => void) {
  return <Args, Result extends { readonly response: unknown }>(next: (args: Args) => Promise<Result>) =>
    async (args: Args): Promise<Result> => {
      const result = await next(args);
      const time = Date.parse(headerOf(result.response, "date") ?? "");
      if (!Number.isNaN(time)) observed(time);
      return result;
    };
}
