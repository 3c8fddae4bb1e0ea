// A table of any length: rows of one height, of which those that are seen are drawn. Where the page is narrow, a row has
// lines in place of columns.

import type {ComponentChildren} from 'preact';
import {useLayoutEffect, useRef, useState} from 'preact/hooks';
import {useNarrow} from './narrow.ts';
import {windowOf} from './window.ts';

export interface Column<T> {
  readonly key: string;
  readonly title: string;
  /** A track of a CSS grid. */
  readonly width: string;
  readonly isNumber?: boolean;
  readonly cell: (row: T) => ComponentChildren;
  /** What it is sorted by; without it, it is not. Numbers begin with the greatest. */
  readonly sortBy?: (row: T) => number | string | undefined;
}

interface Props<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  /** `waiting`, or `-waiting` for the other way round. */
  readonly sort?: string;
  readonly onSort?: (sort: string) => void;
  readonly narrow: (row: T) => ComponentChildren;
  readonly narrowHeight: number;
}

const rowHeight = 33;

export function sortedBy<T>(rows: readonly T[], columns: readonly Column<T>[], sort: string): readonly T[] {
  const column = columns.find(({key}) => key === sort.replace(/^-/, ''));
  const by = column?.sortBy;
  if (column === undefined || by === undefined) return rows;
  const direction = (column.isNumber ? -1 : 1) * (sort.startsWith('-') ? -1 : 1);
  return rows.toSorted((a, b) => {
    const [x, y] = [by(a), by(b)];
    // What is not known comes last, whichever way it is sorted.
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    return x < y ? -direction : x > y ? direction : 0;
  });
}

export function DataTable<T>({
  label,
  columns,
  rows,
  keyOf,
  sort = '',
  onSort,
  narrow,
  narrowHeight,
}: Props<T>) {
  const isNarrow = useNarrow();
  const body = useRef<HTMLDivElement>(null);
  const height = isNarrow ? narrowHeight : rowHeight;
  const [{from, to}, setWindow] = useState({from: 0, to: 40});

  useLayoutEffect(() => {
    const measure = () => {
      const top = body.current?.getBoundingClientRect().top ?? 0;
      const next = windowOf({top, height: innerHeight}, height, rows.length);
      setWindow(before => (before.from === next.from && before.to === next.to ? before : next));
    };
    measure();
    addEventListener('scroll', measure, {passive: true});
    addEventListener('resize', measure);
    return () => {
      removeEventListener('scroll', measure);
      removeEventListener('resize', measure);
    };
  }, [rows.length, height]);

  const template = {gridTemplateColumns: columns.map(({width}) => width).join(' ')};
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot leave rows out and keep its layout
    <div
      class={`data-table ${isNarrow ? 'narrow' : ''}`}
      role="table"
      aria-label={label}
      aria-rowcount={rows.length + 1}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="rowgroup" class="head">
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: a row is not for the focus, its links are */}
        <div role="row" class="row" aria-rowindex={1} style={isNarrow ? {} : template}>
          {columns.map(column => (
            <HeadCell key={column.key} column={column} sort={sort} onSort={onSort} />
          ))}
        </div>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="rowgroup" class="body" ref={body} style={{height: `${rows.length * height}px`}}>
        {rows.slice(from, to).map((row, at) => (
          // biome-ignore lint/a11y/useSemanticElements: as above
          // biome-ignore lint/a11y/useFocusableInteractive: as above
          <div
            role="row"
            class="row"
            key={keyOf(row)}
            aria-rowindex={from + at + 2}
            style={{
              ...(isNarrow ? {} : template),
              height: `${height}px`,
              transform: `translateY(${(from + at) * height}px)`,
            }}
          >
            {isNarrow ? (
              // biome-ignore lint/a11y/useSemanticElements: as above
              <div role="cell" class="lines" aria-colspan={columns.length}>
                {narrow(row)}
              </div>
            ) : (
              columns.map(({key, isNumber, cell}) => (
                // biome-ignore lint/a11y/useSemanticElements: as above
                <div role="cell" key={key} class={isNumber ? 'number' : ''}>
                  {cell(row)}
                </div>
              ))
            )}
          </div>
        ))}
      </div>
    </div>
  );
}

interface HeadProps<T> {
  readonly column: Column<T>;
  readonly sort: string;
  readonly onSort: ((sort: string) => void) | undefined;
}

function HeadCell<T>({column: {key, title, isNumber, sortBy}, sort, onSort}: HeadProps<T>) {
  const isSorted = sort.replace(/^-/, '') === key;
  const isAscending = isSorted && (isNumber === true) === sort.startsWith('-');
  const order = !isSorted ? 'none' : isAscending ? 'ascending' : 'descending';
  const canSort = sortBy !== undefined && onSort !== undefined;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot leave rows out and keep its layout
    // biome-ignore lint/a11y/useFocusableInteractive: the button in it is
    <div
      role="columnheader"
      class={isNumber ? 'number' : ''}
      {...(canSort && {'aria-sort': order as 'none' | 'ascending' | 'descending'})}
    >
      {canSort ? (
        <button type="button" class="sort" onClick={() => onSort(sort === key ? `-${key}` : key)}>
          {title}
          <span aria-hidden="true">{isSorted ? (isAscending ? '↑' : '↓') : ''}</span>
        </button>
      ) : (
        title
      )}
    </div>
  );
}
