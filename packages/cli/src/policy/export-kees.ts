import { type KeesTemplateParameter, policyError, renderKeesTemplate } from "@sluice/policy";
import type { ModeContext } from "@sluice/mode";
import { readTextFile } from "@sluice/mode/stores";
import { ManifestError, objectsOf, podTemplatesOf, readManifests } from "@sluice/mode/manifests";
import { readDialectSettings, type SettingsFlags } from "@sluice/webhook/offline";
import { keesPlace } from "./kees-place.js";
import { readKeesTemplate } from "./read-kees-template.js";

export interface ExportKeesOptions extends SettingsFlags {
  readonly template?: string;
  readonly module?: string;
}

/**
 * The policy as the exporter of kees makes it: a Handlebars template over the annotations of manifests. Every
 * document counts, where kees reads the first alone. Of a key that is there twice the last counts, as with kees.
 *
 * @throws SluiceError `SLU1402`, ManifestError for annotations that cannot be followed
 */
export async function exportKees(
  context: ModeContext,
  options: ExportKeesOptions,
  input: readonly string[],
): Promise<string> {
  const { template, module: moduleName } = options;
  if (template === undefined || moduleName === undefined)
    throw policyError("-i is given without -t and -m", "Name the template with -t, and the module with -m");
  const { directory } = context;
  const [files, text, settings] = await Promise.all([
    readManifests(directory, input, { lastKeyWins: true }),
    readTextFile(directory, template, `The template ${template}`),
    readDialectSettings(context, options),
  ]);
  const place = keesPlace(settings);
  const read = files.flatMap((file) =>
    file.documents.flatMap((document) =>
      podTemplatesOf(objectsOf(document.value)).map((pod) =>
        readKeesTemplate({ file, document, template: pod }, place),
      ),
    ),
  );
  const issues = read.flatMap((each) => each.issues);
  if (issues.length > 0) throw new ManifestError(issues);
  const parameters = read.flatMap(({ annotations }) => annotations.parameters);
  return renderKeesTemplate(
    text,
    moduleName,
    parameters.map(({ storageSuffix, bareName, name, field, annotation }): KeesTemplateParameter => ({
      storageSuffix,
      parameterName: bareName,
      parameterNameWithField: name,
      ...(field !== undefined && { fieldName: field }),
      fullAnnotationName: annotation,
    })),
  );
}
