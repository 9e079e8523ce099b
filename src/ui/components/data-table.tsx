import type { ComponentChildren } from "preact";

export interface Column<Row> {
  title: string;
  cell(row: Row): ComponentChildren;
  /** Numbers stand on the right, in figures of one width. */
  numeric?: boolean;
  /** Left out where the screen is narrow. */
  wideOnly?: boolean;
  /** What names the row: the heading of its card on a phone. */
  main?: boolean;
}

export interface DataTableProps<Row> {
  /** What the table shows, for readers of the screen. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey(row: Row): string;
  /** Instead of rows where there are none. */
  empty?: ComponentChildren;
  rowClass?(row: Row): string | undefined;
}

/** A table; on a phone each row becomes a card with the columns' titles beside the values. */
export function DataTable<Row>({ caption, columns, rows, rowKey, empty, rowClass }: DataTableProps<Row>) {
  if (rows.length === 0 && empty !== undefined) return <>{empty}</>;
  return (
    <div class="table-scroll">
      <table class="data-table">
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" class={classOf(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} class={rowClass?.(row)}>
              {columns.map((column) => (
                <td key={column.title} class={classOf(column)} data-label={column.title}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function classOf<Row>({ numeric, wideOnly, main }: Column<Row>): string | undefined {
  const names = [numeric && "numeric", wideOnly && "wide-only", main && "main"].filter(Boolean);
  return names.length > 0 ? names.join(" ") : undefined;
}
