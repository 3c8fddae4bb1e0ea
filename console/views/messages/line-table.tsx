// Lines of the log, one a row; each leads to its message.

import {linkTo} from '../../app/route.ts';
import type {SearchLine} from '../../data/documents.ts';
import {Badge} from '../../parts/badge.tsx';
import {type Column, DataTable} from '../../parts/data-table.tsx';
import {Empty} from '../../parts/notice.tsx';
import {Time} from '../../parts/time.tsx';
import {Verbatim} from '../../parts/words.tsx';
import {visible} from '../../text/visible.ts';

const saidOf = ({code, status, description}: SearchLine): string =>
  [code, status, description].filter(each => each !== undefined && each !== null && each !== '').join(' ');

const linkOf = ({id}: SearchLine) => linkTo(['messages'], {q: id ?? undefined});

const Whom = ({line}: {readonly line: SearchLine}) => {
  const {recipient, domain, id} = line;
  const text = recipient ?? (domain ? `somebody at ${domain}` : (id ?? 'a message'));
  return (
    <a class="row-link" href={linkOf(line)} title={id ?? undefined}>
      <Verbatim text={text} most={200} />
    </a>
  );
};

const columns: readonly Column<SearchLine>[] = [
  {key: 'time', title: 'Time', width: '136px', cell: ({time}) => <Time time={time} />},
  {key: 'whom', title: 'Recipient', width: 'minmax(120px, 2fr)', cell: line => <Whom line={line} />},
  {key: 'fate', title: 'Fate', width: '104px', cell: ({fate}) => (fate ? <Badge word={fate} /> : '–')},
  {key: 'class', title: 'Class', width: '92px', cell: line => <Verbatim text={line.class ?? ''} most={30} />},
  {
    key: 'attempt',
    title: 'Attempt',
    width: '66px',
    isNumber: true,
    cell: ({attempt}) => attempt ?? <span class="zero">–</span>,
  },
  {
    key: 'said',
    title: 'What was said',
    width: 'minmax(0, 4fr)',
    cell: line => (
      <span class="why mono" title={visible(saidOf(line))}>
        <Verbatim text={saidOf(line)} most={300} />
      </span>
    ),
  },
];

const tags: Column<SearchLine> = {
  key: 'tags',
  title: 'Tags',
  width: 'minmax(0, 1fr)',
  cell: line => <Tags line={line} />,
};

function Tags({line}: {readonly line: SearchLine}) {
  const text = (line.tags ?? []).join(', ');
  return (
    <span title={visible(text)}>
      <Verbatim text={text} most={100} />
    </span>
  );
}

const hasTags = (line: SearchLine): boolean => (line.tags ?? []).length > 0;

const lineText = (line: SearchLine) => (
  <>
    <div class="line">
      <Whom line={line} />
      {line.fate && <Badge word={line.fate} />}
    </div>
    <div class="line why mono">
      <Verbatim text={saidOf(line)} most={160} />
    </div>
    <div class="line facts">
      <Time time={line.time} />
      {line.attempt && <span>attempt {line.attempt}</span>}
      {line.class && <span>{line.class}</span>}
      {hasTags(line) && <Tags line={line} />}
    </div>
  </>
);

export const LineTable = ({lines}: {readonly lines: readonly SearchLine[]}) =>
  lines.length === 0 ? (
    <Empty title="Nothing was tried within this time">
      <p>Lines come some seconds after an attempt.</p>
    </Empty>
  ) : (
    <DataTable
      label="Attempts and ends"
      columns={lines.some(hasTags) ? [...columns, tags] : columns}
      rows={lines}
      keyOf={({id, time, fate, attempt}) => `${id} ${time} ${fate} ${attempt}`}
      narrow={lineText}
      narrowHeight={82}
    />
  );
