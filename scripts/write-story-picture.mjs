// Draws what `npm start` tells as a terminal, in docs/story.svg: lines of a real run, on a machine that has Go and namespaces.
// The test of the story holds the picture against what is told then.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const WIDTH = 860;
const LINE = 19;
const MARGIN = 16;
/** The first line that fits, after that which was taken before. */
const WANTED = [
  /^── 1/,
  /^\$ sluice run/,
  /^app: API_TOKEN/,
  /^── 2/,
  /^-\s+command:/,
  /^\+\s+command:/,
  /^\+\s+- \/sluice\/sluice-launch/,
  /^\+\s+- exec/,
  /^\+\s+- --$/,
  /^\+\s+- node/,
  /^\+\s+- \/app/,
  /^── 3/,
  /^sidecar: every file/,
  /^\$ \/sluice\/sluice-launch exec/,
  /^app: my process id is 1$/,
  /^app: API_TOKEN/,
  /^app: .*fresh/,
  /^── 4/,
  /^\$ NEW_VALUE/,
  /^sidecar: files were exchanged/,
  /^app: told/,
  /^app: .*fresh/,
  /^ +released: .*DB_PASSWORD/,
];
const COLOURS = [
  [/^──/, "#7dd3fc"],
  [/^\$/, "#f8fafc"],
  [/^\+/, "#86efac"],
  [/^-/, "#fca5a5"],
  [/^sidecar/, "#fde68a"],
  [/^ +released/, "#c4b5fd"],
];

const told = execFileSync(process.execPath, ["examples/quickstart/demo.mjs"], {
  cwd: root,
  encoding: "utf8",
});
if (!told.includes("with the real launcher")) throw new Error("This machine lacks Go or namespaces");
const lines = told.split("\n");
let from = 0;
const shown = WANTED.flatMap((pattern) => {
  const at = lines.findIndex((line, index) => index >= from && pattern.test(line));
  if (at === -1) throw new Error(`The story has no line like ${pattern}`);
  from = at + 1;
  return pattern.source.startsWith("^──") && at > 1 && from > 3 ? ["", lines[at]] : [lines[at]];
});

const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const text = shown.map((line, index) => {
  const [, colour = "#cbd5e1"] = COLOURS.find(([pattern]) => pattern.test(line)) ?? [];
  const y = MARGIN + LINE * (index + 1) - 5;
  return line === ""
    ? ""
    : `<text x="${MARGIN}" y="${y}" fill="${colour}" xml:space="preserve">${escape(line)}</text>\n`;
});
const height = shown.length * LINE + 2 * MARGIN;
writeFileSync(
  `${root}docs/story.svg`,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="What npm start tells">
<rect width="100%" height="100%" rx="8" fill="#0f172a"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13">
${text.join("")}</g>
</svg>
`,
);
