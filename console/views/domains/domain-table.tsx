// Active domains in rows: how each stands, how much waits, and why.

import {linkTo} from '../../app/route.ts';
import type {DomainRow} from '../../data/documents.ts';
import {Badge} from '../../parts/badge.tsx';
import {type Column, DataTable, sortedBy} from '../../parts/data-table.tsx';
import {Until} from '../../parts/time.tsx';
import {Verbatim, Words} from '../../parts/words.tsx';
import {numberOf} from '../../text/numbers.ts';
import {msOf} from '../../text/times.ts';
import {visible} from '../../text/visible.ts';

interface Props {
  readonly rows: readonly DomainRow[];
  readonly sort?: string;
  readonly onSort?: (sort: string) => void;
}

const stateRanks = ['down', 'slow', 'over its rate', 'waiting', 'working'];

const count = (value: number | undefined, isAbout = false) =>
  value === undefined ? (
    <span class="zero">–</span>
  ) : (
    <span class={value === 0 ? 'zero' : ''}>
      {isAbout && value > 0 ? '~' : ''}
      {numberOf(value)}
    </span>
  );

const failedOf = ({counts}: DomainRow) =>
  counts === undefined ? undefined : counts.bounced + counts.expired;

const whyOf = ({limit, lastError}: DomainRow) =>
  [lastError, limit].filter(each => each !== undefined).join('; ');

const Name = ({row: {queue, receiver}}: {readonly row: DomainRow}) => (
  <a class="row-link" href={linkTo(['domains', receiver])} title={visible(receiver)}>
    <Verbatim text={queue} most={260} />
    {receiver !== queue && (
      <span class="note">
        {' '}
        <Verbatim text={receiver.slice(queue.length)} most={200} />
      </span>
    )}
  </a>
);

const columns: readonly Column<DomainRow>[] = [
  {
    key: 'domain',
    title: 'Domain',
    width: 'minmax(120px, 2fr)',
    cell: row => <Name row={row} />,
    sortBy: ({receiver}) => receiver,
  },
  {
    key: 'state',
    title: 'State',
    width: '108px',
    cell: ({state}) => <Badge word={state} />,
    sortBy: ({state}) => stateRanks.indexOf(state),
  },
  {
    key: 'waiting',
    title: 'Waiting',
    width: '62px',
    isNumber: true,
    cell: ({waiting, isAbout}) => count(waiting, isAbout),
    sortBy: ({waiting}) => waiting,
  },
  {
    key: 'accepted',
    title: 'Accepted',
    width: '66px',
    isNumber: true,
    cell: ({counts}) => count(counts?.accepted),
    sortBy: ({counts}) => counts?.accepted,
  },
  {
    key: 'deferred',
    title: 'Deferred',
    width: '64px',
    isNumber: true,
    cell: ({counts}) => count(counts?.deferred),
    sortBy: ({counts}) => counts?.deferred,
  },
  {
    key: 'bounced',
    title: 'Bounced',
    width: '62px',
    isNumber: true,
    cell: row => count(failedOf(row)),
    sortBy: failedOf,
  },
  {
    key: 'next',
    title: 'Next attempt',
    width: '88px',
    cell: ({nextAttempt}) =>
      nextAttempt === undefined ? <span class="zero">–</span> : <Until time={nextAttempt} />,
    sortBy: ({nextAttempt}) => (nextAttempt === undefined ? undefined : msOf(nextAttempt)),
  },
  {
    key: 'why',
    title: 'Why',
    width: 'minmax(0, 3fr)',
    cell: row => (
      <span class="why" title={visible(whyOf(row))}>
        <Words text={whyOf(row)} most={300} />
      </span>
    ),
  },
];

const lines = (row: DomainRow) => (
  <>
    <div class="line">
      <Name row={row} />
      <Badge word={row.state} />
    </div>
    <div class="line facts">
      <span>{count(row.waiting, row.isAbout)} waiting</span>
      <span>{count(row.counts?.accepted)} accepted</span>
      <span>{count(row.counts?.deferred)} deferred</span>
      <span>{count(failedOf(row))} bounced</span>
    </div>
    <div class="line why">
      <Words text={whyOf(row)} most={160} />
    </div>
  </>
);

export const DomainTable = ({rows, sort = '', onSort}: Props) => (
  <DataTable
    label="Active domains"
    columns={onSort ? columns : columns.map(({sortBy: _, ...column}) => column)}
    rows={sort === '' ? rows : sortedBy(rows, columns, sort)}
    keyOf={({receiver}) => receiver}
    sort={sort}
    {...(onSort && {onSort})}
    narrow={lines}
    narrowHeight={82}
  />
);
