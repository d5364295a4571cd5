import { Skeleton, VisuallyHidden } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import { type ColumnDef, type RowData, tableFeatures, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ComponentProps, type ReactNode, useEffect, useMemo, useRef } from 'react';
import classes from './data-table.module.css';
import { useShortcuts } from './keyboard';
import { ProblemNote } from './states';

export interface Column<Row extends RowData> {
  id: string;
  header: string;
  /** The header is told to screen readers only. */
  quiet?: boolean;
  cell: (row: Row) => ReactNode;
  width?: number | string;
  align?: 'right';
}

interface DataTableProps<Row extends RowData> {
  /** What the rows are, for screen readers. */
  label: string;
  columns: Column<Row>[];
  rows: Row[] | undefined;
  rowId: (row: Row) => string;
  error?: Error | null;
  onRetry?: () => void;
  /** Shown instead of rows when there are none. */
  empty: ReactNode;
  hasMore?: boolean;
  loadingMore?: boolean;
  onMore?: () => void;
}

const features = tableFeatures({});
const ROW_HEIGHT = 45;
const LOAD_AHEAD = 8;

const RowAnchor = (props: ComponentProps<'a'>) => <a {...props} data-row-link className={classes.link} />;

/** The link of a row: put it into the first cell; the whole row is its target, and j and k go from one to the next. */
export const RowLink = createLink(RowAnchor);

/** A list of any length: only the rows in sight are in the page, more are fetched on the way down. */
export function DataTable<Row extends RowData>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowId, error, onRetry, empty } = props;
  const definitions = useMemo(
    () =>
      columns.map(({ id, header, cell }): ColumnDef<typeof features, Row> => ({
        id,
        header,
        cell: ({ row }) => cell(row.original),
      })),
    [columns],
  );
  const data = useMemo(() => rows ?? [], [rows]);
  const table = useTable({ features, columns: definitions, data, getRowId: rowId });
  const scroll = useRef<HTMLDivElement>(null);
  const all = table.getRowModel().rows;
  const virtual = useVirtualizer({
    count: all.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    initialRect: { width: 1000, height: 900 },
  });
  const items = virtual.getVirtualItems();
  useLoadAhead(items.at(-1)?.index ?? 0, all.length, props);
  useRowKeys(scroll, all.length, (index) => virtual.scrollToIndex(index));
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const none = rows?.length === 0;

  if (error && !rows) return <ProblemNote error={error} onRetry={onRetry} />;
  return (
    <div className={classes.box}>
      {none && empty}
      {!none && (
        <div className={classes.scroll} ref={scroll}>
          <table
            className={classes.table}
            aria-label={label}
            aria-busy={!rows}
            aria-rowcount={all.length + 1}
          >
            <thead>
              <tr>
                {columns.map(({ id, header, quiet, width, align }) => (
                  <th key={id} scope="col" style={{ width }} data-align={align}>
                    {quiet ? <VisuallyHidden>{header}</VisuallyHidden> : header}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {!rows && <LoadingRows columns={columns.length} />}
              {before > 0 && <Spacer height={before} columns={columns.length} />}
              {items.map(({ index }) => {
                const row = all[index];
                return (
                  row && (
                    <tr key={row.id} className={classes.row} data-index={index} aria-rowindex={index + 2}>
                      {row.getAllCells().map((cell, column) => (
                        <td key={cell.id} data-align={columns[column]?.align}>
                          <table.FlexRender cell={cell} />
                        </td>
                      ))}
                    </tr>
                  )
                );
              })}
              {after > 0 && <Spacer height={after} columns={columns.length} />}
            </tbody>
          </table>
          {props.loadingMore && (
            <div className={classes.more} role="status">
              Loading more…
            </div>
          )}
        </div>
      )}
    </div>
  );
}

const Spacer = ({ height, columns }: { height: number; columns: number }) => (
  <tr aria-hidden>
    <td colSpan={columns} style={{ height, padding: 0, border: 0 }} />
  </tr>
);

const LoadingRows = ({ columns }: { columns: number }) =>
  Array.from({ length: 8 }, (_, row) => (
    <tr key={row}>
      {Array.from({ length: columns }, (__, column) => (
        <td key={column}>
          <Skeleton h={12} w={`${40 + ((row * 7 + column * 23) % 45)}%`} />
        </td>
      ))}
    </tr>
  ));

type Paging = Pick<DataTableProps<RowData>, 'hasMore' | 'loadingMore' | 'onMore'>;

/** Fetches the next page shortly before the last row comes into sight. */
function useLoadAhead(lastShown: number, count: number, { hasMore, loadingMore, onMore }: Paging): void {
  const due = Boolean(hasMore) && !loadingMore && lastShown >= count - LOAD_AHEAD;
  useEffect(() => {
    if (due) onMore?.();
  }, [due, onMore]);
}

/** j and k move the focus from row to row; Enter then follows the row's link by itself. */
function useRowKeys(
  scroll: React.RefObject<HTMLDivElement | null>,
  count: number,
  reveal: (index: number) => void,
): void {
  const move = (step: number) => {
    const focused = document.activeElement?.closest<HTMLElement>('tr[data-index]');
    const from = focused ? Number(focused.dataset.index) : step > 0 ? -1 : count;
    const to = Math.min(count - 1, Math.max(0, from + step));
    reveal(to);
    requestAnimationFrame(() => {
      scroll.current?.querySelector<HTMLElement>(`tr[data-index="${to}"] [data-row-link]`)?.focus();
    });
  };
  useShortcuts('Lists', [
    { keys: 'j', label: 'Next row', run: () => move(1) },
    { keys: 'k', label: 'Previous row', run: () => move(-1) },
    { keys: 'ArrowDown', label: 'Next row', run: () => move(1), hidden: true },
    { keys: 'ArrowUp', label: 'Previous row', run: () => move(-1), hidden: true },
  ]);
}
