import { type KeesAnnotations, parseAnnotationsFile, readKeesAnnotations } from "@sluice/dialects";
import { KeesError } from "./kees-error.js";

/**
 * What the annotations of a pod ask for.
 *
 * @param file - What the text is from, for messages
 * @throws KeesError that lists every line and every annotation that is wrong
 */
export function parseKeesPod(file: string, text: string, domain: string | undefined): KeesAnnotations {
  const { annotations, problems: lines } = parseAnnotationsFile(text);
  const read = readKeesAnnotations(annotations, domain === undefined ? {} : { domain });
  const issues = [
    ...lines.map(({ line, problem }) => ({
      file,
      line,
      problem: `the line ${problem}`,
      remedy: "Let the kubelet write it: a downwardAPI volume of metadata.annotations",
    })),
    ...read.problems.map(({ problem, remedy }) => ({ file, problem, remedy })),
  ];
  if (issues.length > 0) throw new KeesError(issues);
  return read;
}
