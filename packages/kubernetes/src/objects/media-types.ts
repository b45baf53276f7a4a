const META = "g=meta.k8s.io;v=v1";

/** Asks for an object without anything but its metadata: no value crosses the network. */
export const METADATA_OF_ONE: string = `application/json;as=PartialObjectMetadata;${META}`;

/** The same of a list. */
export const METADATA_OF_MANY: string = `application/json;as=PartialObjectMetadataList;${META}`;

/** A patch for server-side apply. JSON is YAML. */
export const APPLY_PATCH = "application/apply-patch+yaml";

/** A patch that holds what is to be changed. */
export const MERGE_PATCH = "application/merge-patch+json";
