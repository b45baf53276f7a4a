// Doc comments as Markdown.
import { DocNodeKind } from "@microsoft/tsdoc";

/** The text of a section of a comment. `linkTo` gives the anchor of a name of the same page, or undefined. */
export function commentText(node, linkTo) {
  if (node === undefined) return "";
  const inside = () => node.getChildNodes().map((child) => commentText(child, linkTo));
  switch (node.kind) {
    case DocNodeKind.Paragraph:
      return `${inside().join("").replaceAll(/\s+/g, " ").trim()}\n\n`;
    case DocNodeKind.PlainText:
      return escaped(node.text);
    case DocNodeKind.EscapedText:
      return node.decodedText;
    case DocNodeKind.SoftBreak:
      return " ";
    case DocNodeKind.CodeSpan:
      return `\`${node.code}\``;
    case DocNodeKind.FencedCode:
      return `\`\`\`${node.language}\n${node.code.trimEnd()}\n\`\`\`\n\n`;
    case DocNodeKind.LinkTag:
      return linkText(node, linkTo);
    case DocNodeKind.ErrorText:
      return escaped(node.text);
    default:
      return inside().join("");
  }
}

/** The same in one line, for tables. */
export function commentLine(node, linkTo) {
  return commentText(node, linkTo)
    .replaceAll(/\s+/g, " ")
    .replaceAll(/(?<!\\)\|/g, String.raw`\|`)
    .trim();
}

function linkText({ codeDestination, urlDestination, linkText: text }, linkTo) {
  if (urlDestination !== undefined) return `[${text ?? urlDestination}](${urlDestination})`;
  const path = codeDestination.memberReferences.map(({ memberIdentifier }) => memberIdentifier?.identifier);
  const anchor = linkTo(path[0]);
  const name = `\`${text ?? path.join(".")}\``;
  return anchor === undefined ? name : `[${name}](#${anchor})`;
}

/** What Markdown would take for its own. */
function escaped(text) {
  return text.replaceAll(/[<>*_[\]]/g, String.raw`\$&`);
}
