import type { JsonSchema } from "@sluice/core";
import { CONDITIONS_SCHEMA } from "../stores/store-schema.js";
import { GENERATED_TYPES } from "./generated-secret-manifest.js";

const key: JsonSchema = { type: "string", pattern: "^[-._a-zA-Z0-9]+$", maxLength: 253 };

/** The schema of `spec`, as a cluster takes it. */
export const GENERATED_SECRET_SCHEMA: JsonSchema = {
  type: "object",
  required: ["store", "path", "type"],
  properties: {
    store: {
      description: "Name of a store of the generator's configuration.",
      type: "string",
      pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
      maxLength: 63,
    },
    path: { description: "Where in the store.", type: "string", minLength: 1, maxLength: 512 },
    type: { description: "What is generated.", type: "string", enum: [...GENERATED_TYPES] },
    keys: {
      description:
        "The key of each member, all in one JSON object at the path. Without, members have paths of their own.",
      type: "object",
      properties: { value: key, private: key, public: key, password: key },
    },
    separator: {
      description: "Between the path and the name of a member that has a path of its own.",
      type: "string",
      pattern: "^[-_./]$",
      default: "_",
    },
    bits: {
      description: "Of an RSA or GPG key; 3072 by default.",
      type: "integer",
      enum: [2048, 3072, 4096],
    },
    curve: {
      description: "Of an EC key; P-256 by default.",
      type: "string",
      enum: ["P-256", "P-384", "P-521"],
    },
    form: {
      description: "How RSA, EC and Ed25519 keys are written; PEM by default.",
      type: "string",
      enum: ["PEM", "DER"],
    },
    bytes: { description: "Of random data; 32 by default.", type: "integer", minimum: 1, maximum: 1024 },
    length: {
      description: "Characters of a password; 32 by default.",
      type: "integer",
      minimum: 1,
      maximum: 1024,
    },
    alphabet: {
      description: "What a password is made of; letters and digits by default.",
      type: "string",
      minLength: 2,
      maxLength: 256,
    },
    require: {
      description: "Sets of characters of each of which a password has one at least.",
      type: "array",
      maxItems: 8,
      "x-kubernetes-list-type": "atomic",
      items: { type: "string", minLength: 1, maxLength: 256 },
    },
    userId: {
      description: "Of a GPG key, NAME<EMAIL>.",
      type: "string",
      pattern: "^[^<>]+<[^<>@\\s]+@[^<>@\\s]+>$",
      maxLength: 256,
    },
    comment: {
      description: "Of an SSH key.",
      type: "string",
      pattern: "^[^\\x00-\\x1f\\x7f]*$",
      maxLength: 256,
    },
    encoding: {
      description: "How members are written; base64 by default for what is no text, otherwise none.",
      type: "string",
      enum: ["none", "base64", "base64url", "hex"],
    },
  },
};

/** The schema of `status`. */
export const GENERATED_SECRET_STATUS_SCHEMA: JsonSchema = {
  type: "object",
  properties: {
    paths: {
      description: "Where the members are in the store.",
      type: "array",
      maxItems: 8,
      "x-kubernetes-list-type": "atomic",
      items: { type: "string", maxLength: 1024 },
    },
    conditions: CONDITIONS_SCHEMA,
  },
};
