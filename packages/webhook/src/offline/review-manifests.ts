import type { Dialect } from "@sluice/core/dialect";
import type { MutationStrategy } from "@sluice/core/mutation";
import {
  type ManifestDocument,
  type ManifestFile,
  objectsOf,
  type PodTemplate,
  podTemplatesOf,
} from "@sluice/mode/manifests";
import type { AdmissionAnswer } from "../admission/admission-answer.js";
import { createAdmission } from "../admission/create-admission.js";
import type { InjectionSettings } from "../strategies/injection-settings.js";
import { manifestLookups } from "./manifest-lookups.js";
import { manifestStores } from "./manifest-stores.js";

/** What the webhook would say of a pod in a manifest. */
export interface ReviewedTemplate {
  readonly file: ManifestFile;
  readonly document: ManifestDocument;
  readonly template: PodTemplate;
  readonly answer: AdmissionAnswer;
}

/** By what manifests are reviewed. */
export interface ReviewOptions {
  readonly dialects: readonly Dialect[];
  readonly strategies: readonly MutationStrategy<InjectionSettings>[];
  readonly settings: InjectionSettings;
  /** Of what names none itself. */
  readonly namespace: string;
}

/** Asks the webhook about every pod in these files. No cluster is asked: what they name is looked up among them. */
export async function reviewManifests(
  files: readonly ManifestFile[],
  { dialects, strategies, settings, namespace }: ReviewOptions,
): Promise<ReviewedTemplate[]> {
  const found = files.flatMap((file) =>
    file.documents.map((document) => ({ file, document, objects: objectsOf(document.value) })),
  );
  const objects = found.flatMap((document) => document.objects);
  const admission = createAdmission({
    dialects,
    settings,
    strategies,
    lookups: manifestLookups(objects, namespace),
    stores: manifestStores(objects, namespace),
  });
  const { signal } = new AbortController();
  const templates = found.flatMap(({ file, document, objects: own }) =>
    podTemplatesOf(own).map((template) => ({ file, document, template })),
  );
  return Promise.all(
    templates.map(async (place) => {
      const request = {
        uid: "offline",
        operation: "CREATE",
        resource: "pods",
        group: "",
        namespace: place.template.namespace ?? namespace,
        dryRun: true,
        object: place.template.pod,
        oldObject: undefined,
      };
      return { ...place, answer: await admission.mutate(request, signal) };
    }),
  );
}
