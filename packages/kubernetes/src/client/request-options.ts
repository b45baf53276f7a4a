import type { OutgoingHttpHeaders } from "node:http";
import type { RequestOptions } from "node:https";
import type { ApiRequest } from "./api-request.js";

/** How a request is sent with these credentials, besides its body. */
export function requestOptions(
  { method = "GET", accept = "application/json", contentType = "application/json" }: ApiRequest,
  { headers, ...credentials }: RequestOptions,
  body: string | undefined,
): RequestOptions {
  return {
    ...credentials,
    method,
    headers: {
      ...(headers as OutgoingHttpHeaders | undefined),
      accept,
      "user-agent": "sluice",
      ...(body !== undefined && { "content-type": contentType, "content-length": Buffer.byteLength(body) }),
    },
  };
}
