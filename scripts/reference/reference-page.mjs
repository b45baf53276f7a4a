// One page of reference: what an entry point offers, from the model of its declarations.
import { ApiItemKind } from "@microsoft/api-extractor-model";
import { StandardTags } from "@microsoft/tsdoc";
import { commentLine, commentText } from "./comment-text.mjs";

const GROUPS = [
  [ApiItemKind.Function, "Functions"],
  [ApiItemKind.Class, "Classes"],
  [ApiItemKind.Variable, "Constants"],
  [ApiItemKind.Interface, "Interfaces"],
  [ApiItemKind.TypeAlias, "Types"],
];
const MOST_IN_CELL = 160;

/** Exports without a word about what they are. */
export function undocumented(entryPoint) {
  return entryPoint.members
    .filter((item) => summaryOf(item) === undefined)
    .map(({ displayName }) => displayName);
}

/** The page, as Markdown. */
export function referencePage(entryPoint, { name, description, report }) {
  const items = entryPoint.members.toSorted((one, other) => compare(one.displayName, other.displayName));
  const groups = GROUPS.map(([kind, title]) => [title, items.filter((item) => item.kind === kind)]).filter(
    ([, found]) => found.length > 0,
  );
  const anchors = anchorsOf(name, groups);
  const linkTo = (target) => anchors.get(items.find(({ displayName }) => displayName === target));
  const others = items.filter(({ kind }) => !GROUPS.some(([known]) => known === kind));
  if (others.length > 0) throw new Error(`${name}: ${others[0].displayName} is a ${others[0].kind}`);
  const contents = groups.map(
    ([title, found]) =>
      `**${title}**: ${found.map((item) => `[\`${item.displayName}\`](#${anchors.get(item)})`).join(", ")}\n`,
  );
  const sections = groups.map(([title, found]) =>
    [`## ${title}\n`, ...found.map((item) => section(item, linkTo))].join("\n"),
  );
  return [
    `# ${name}\n`,
    "<!-- Written by scripts/api-reports.mjs from the doc comments of the package: change those. -->\n",
    `${description} The signatures alone are in [its report](../api/${report}.api.md).\n`,
    ...contents,
    ...sections,
  ]
    .join("\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trimEnd()
    .concat("\n");
}

function section(item, linkTo) {
  const comment = item.tsdocComment;
  const parts = [`### ${item.displayName}\n`, commentText(comment?.summarySection, linkTo)];
  if (isShort(item)) parts.push(signature(item.excerpt.text));
  parts.push(commentText(comment?.remarksBlock?.content, linkTo), parametersOf(item, linkTo));
  if (item.kind === ApiItemKind.Class) parts.push(signature(`${item.excerpt.text.trim()}`));
  if (item.members?.length > 0) parts.push(membersOf(item, linkTo));
  parts.push(returnsOf(item, linkTo), ...blocksOf(item, linkTo));
  return parts.filter(Boolean).join("\n");
}

function isShort({ kind }) {
  return kind !== ApiItemKind.Interface && kind !== ApiItemKind.Class;
}

// Not `ts`: those are examples, which are compiled.
function signature(text) {
  return `\`\`\`typescript\n${text.replace(/^export (?:declare )?/, "").trim()}\n\`\`\`\n`;
}

function parametersOf({ parameters, tsdocComment }, linkTo) {
  const documented = tsdocComment?.params.blocks ?? [];
  if (parameters === undefined || documented.length === 0) return "";
  const rows = documented.map(({ parameterName, content }) => [
    `\`${parameterName}\``,
    commentLine(content, linkTo),
  ]);
  return table(["parameter", "what it is"], rows);
}

function membersOf(item, linkTo) {
  const rows = item.members.map((member) => [
    `\`${nameOf(member)}\``,
    `\`${cell(typeOf(member))}\``,
    [commentLine(member.tsdocComment?.summarySection, linkTo), ...thrownIn(member, linkTo)].join(" ").trim(),
  ]);
  return table(["member", "type", "what it is"], rows);
}

function nameOf(member) {
  if (member.kind === ApiItemKind.Constructor || member.kind === ApiItemKind.ConstructSignature)
    return "constructor";
  if (member.kind === ApiItemKind.CallSignature) return "(call)";
  if (member.kind === ApiItemKind.IndexSignature) return "[name]";
  const prefix = member.isStatic ? "static " : "";
  return `${prefix}${member.displayName}${member.isOptional ? "?" : ""}`;
}

function typeOf(member) {
  if (member.propertyTypeExcerpt !== undefined) return member.propertyTypeExcerpt.text;
  // Methods: what follows their name.
  const text = member.excerpt.text.replaceAll(/\s+/g, " ").replace(/;$/, "");
  const at = text.search(/[(<]/);
  return at === -1 ? text : text.slice(at);
}

function cell(type) {
  const text = type
    .replaceAll(/\s+/g, " ")
    .replaceAll("|", String.raw`\|`)
    .replaceAll("`", "'")
    .trim();
  return text.length > MOST_IN_CELL ? `${text.slice(0, MOST_IN_CELL - 1)}…` : text;
}

function returnsOf({ tsdocComment }, linkTo) {
  const text = commentText(tsdocComment?.returnsBlock?.content, linkTo).trim();
  return text === "" ? "" : `**Returns** ${text}\n`;
}

function blocksOf({ tsdocComment }, linkTo) {
  if (tsdocComment === undefined) return [];
  const of = (tag) =>
    tsdocComment.customBlocks.filter(
      ({ blockTag }) => blockTag.tagNameWithUpperCase === tag.tagNameWithUpperCase,
    );
  const texts = (blocks) => blocks.map(({ content }) => commentText(content, linkTo).trim()).filter(Boolean);
  return [
    ...texts(of(StandardTags.defaultValue)).map((text) => `**Default** ${text}\n`),
    ...texts(of(StandardTags.throws)).map((text) => `**Throws** ${text}\n`),
    ...texts(of(StandardTags.example)).map((text) => `${text}\n`),
    ...texts(tsdocComment.seeBlocks).map((text) => `**See** ${text}\n`),
  ];
}

function thrownIn({ tsdocComment }, linkTo) {
  return (tsdocComment?.customBlocks ?? [])
    .filter(({ blockTag }) => blockTag.tagNameWithUpperCase === StandardTags.throws.tagNameWithUpperCase)
    .map(({ content }) => `Throws ${commentLine(content, linkTo)}`);
}

function summaryOf({ tsdocComment }) {
  return tsdocComment?.summarySection.nodes.length > 0 ? tsdocComment.summarySection : undefined;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return `${[line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n")}\n`;
}

/** As GitHub makes them of headings: the second of the same letters gets a number. */
function anchorsOf(name, groups) {
  const taken = new Map();
  const anchor = (heading) => {
    const text = heading.toLowerCase().replaceAll(/[^\p{L}\p{N}_-]/gu, "");
    const before = taken.get(text) ?? 0;
    taken.set(text, before + 1);
    return before === 0 ? text : `${text}-${before}`;
  };
  anchor(name);
  const anchors = new Map();
  for (const [title, found] of groups) {
    anchor(title);
    for (const item of found) anchors.set(item, anchor(item.displayName));
  }
  return anchors;
}

function compare(one, other) {
  return one < other ? -1 : one > other ? 1 : 0;
}
