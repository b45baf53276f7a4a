import type { ApiRequest } from "./api-request.js";

/** Where a request goes. The server's own path stays in front: a cluster may be behind `https://host/k8s/c-1`. */
export function requestUrl(server: URL, { path, query = {} }: Pick<ApiRequest, "path" | "query">): URL {
  const url = new URL(server);
  url.pathname = `${server.pathname.replace(/\/$/, "")}${path}`;
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, value);
  return url;
}
