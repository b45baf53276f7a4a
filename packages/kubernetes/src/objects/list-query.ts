import type { ApiRequest } from "../client/api-request.js";
import { METADATA_OF_MANY } from "./media-types.js";
import { type Resource, resourcePath } from "./resource.js";

/** What to list. */
export interface ListQuery {
  readonly resource: Resource;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  /** Without anything but metadata. */
  readonly metadataOnly?: boolean;
  /** Objects per page; 500 by default. */
  readonly pageSize?: number;
  /** Go on where a page with this token ended. */
  readonly continueToken?: string;
}

const DEFAULT_PAGE_SIZE = 500;

/** The request for the page that begins at the token, or for the first one. */
export function listRequest(query: ListQuery, continueToken: string | undefined): ApiRequest {
  return {
    path: resourcePath(query.resource),
    query: {
      limit: String(query.pageSize ?? DEFAULT_PAGE_SIZE),
      fieldSelector: query.fieldSelector,
      labelSelector: query.labelSelector,
      continue: continueToken,
    },
    ...(query.metadataOnly === true && { accept: METADATA_OF_MANY }),
  };
}
