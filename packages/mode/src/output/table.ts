/** A row: cells by column. */
export type Row<Column extends string> = Readonly<Record<Column, string>>;

const GAP = "  ";

/**
 * Lays rows out in columns under upper-case headings. Where that is wider than `width`, each row becomes a
 * block of its own, which a narrow terminal does not tear apart.
 */
export function formatTable<Column extends string>(
  columns: readonly Column[],
  rows: readonly Row<Column>[],
  width: number = Infinity,
): string {
  const headings = columns.map((column) => column.toUpperCase());
  const cells = rows.map((row) => columns.map((column) => printable(row[column])));
  const widths = headings.map((heading, index) =>
    Math.max(heading.length, ...cells.map((row) => Array.from(row[index] ?? "").length)),
  );
  const total = widths.reduce((sum, each) => sum + each + GAP.length, 0);
  if (total <= width) return [headings, ...cells].map((row) => line(row, widths)).join("\n");
  const labelWidth = Math.max(...headings.map(({ length }) => length));
  return cells
    .map((row) => row.map((cell, index) => `${headings[index]?.padEnd(labelWidth)}${GAP}${cell}`).join("\n"))
    .join("\n\n");
}

function line(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, index) => cell + " ".repeat((widths[index] ?? 0) - Array.from(cell).length))
    .join(GAP)
    .trimEnd();
}

// A name could hold control characters, and a terminal would obey them.
function printable(cell: string): string {
  // oxlint-disable-next-line no-control-regex
  return cell.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, (character) =>
    JSON.stringify(character).slice(1, -1),
  );
}
