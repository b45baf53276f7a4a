import type { DialectDefinition } from "@sluice/core/dialect";
import type { Container } from "@sluice/core/pod";
import { kees } from "../kees/kees.js";
import { section, STORE, TEXT } from "./settings-schema.js";

/** What settings say of pods written for kees; see docs/dialects/kees.md. */
interface KeesSection {
  readonly domain?: string;
  readonly images?: Readonly<Record<string, string>>;
}

/** How this notation is told from others in a pod. */
export interface KeesDefinitionOptions {
  /** Whether a container is the one that writes what annotations ask for, or takes its place by these images. */
  readonly isInit: (
    container: Container,
    kees: { readonly images: Readonly<Record<string, string>> },
  ) => boolean;
}

/** {@link kees}, by the section `kees` of settings. */
export function defineKees({ isInit }: KeesDefinitionOptions): DialectDefinition {
  return {
    name: "kees",
    sections: {
      kees: section({
        domain: TEXT,
        store: STORE,
        images: { type: "object", additionalProperties: TEXT },
      }),
    },
    create: (settings) => {
      const { domain, images = {} } = (settings["kees"] ?? {}) as KeesSection;
      return kees({
        ...(domain !== undefined && { domain }),
        isInit: (container) => isInit(container, { images }),
      });
    },
  };
}
