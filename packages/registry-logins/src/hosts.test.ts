import { describe, expect, it } from "vitest";
import { acrLogins } from "./acr-logins.js";
import { ecrLogins } from "./ecr-logins.js";
import { gcrLogins } from "./gcr-logins.js";

const { signal } = new AbortController();

describe.each([
  ["ecr", ecrLogins()],
  ["acr", acrLogins()],
  ["gcr", gcrLogins()],
])("%s has no login for a registry that is not its cloud's", (_, source) => {
  it.each([
    "docker.io",
    "ghcr.io",
    "registry:5000",
    "127.0.0.1:5000",
    "public.ecr.aws",
    "dkr.ecr.eu-west-1.amazonaws.com",
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example",
    "123456789012.dkr.ecr.evil.example/.amazonaws.com",
    "123456789012.dkr.ecr.eu.west.amazonaws.com",
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com:8443",
    "azurecr.io",
    "acme.azurecr.io.evil.example",
    "acme.azurecr.io:8443",
    "a.b.azurecr.io",
    "evilazurecr.io",
    "evilgcr.io",
    "gcr.io.evil.example",
    "a.b.gcr.io",
    "docker.pkg.dev",
    "x.pkg.dev.evil.example",
  ])("%s", async (registry) => {
    expect(await source.loginFor(registry, signal)).toBeUndefined();
  });
});
