import type { RequestOptions } from "node:https";
import { thrownName } from "@sluice/core";
import { KubernetesError } from "../errors/kubernetes-error.js";
import type { LoadedConfig } from "./loaded-config.js";

/** What a request is sent with, see {@link LoadedConfig.account}. @throws {KubernetesError} when there is nothing. */
export async function credentials({ account }: LoadedConfig, token?: string): Promise<RequestOptions> {
  try {
    return await account(token);
  } catch (error) {
    // A plugin's message is whatever it printed.
    const reason = thrownName(error);
    const problem = `cannot be asked: there are no credentials for it (${reason})`;
    throw new KubernetesError({ kind: "credentials", reason, problem });
  }
}
