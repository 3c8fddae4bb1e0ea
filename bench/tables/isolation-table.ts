// How long mail to healthy domains takes while others are in trouble. Pure.

import type {IsolationRow} from '../cases/isolation.ts';
import type {Delays} from '../isolation/measured.ts';
import {numberText, type Table} from '../table.ts';

const seconds = (value: number): string => numberText(value, value < 10 ? 2 : 1);

function cellOf(delays: Delays | undefined): string {
  if (delays === undefined) return '–';
  const {median, p99, missing, messages} = delays;
  const isMore = (share: number) => (missing > (1 - share) * messages ? '> ' : '');
  return `${isMore(0.5)}${seconds(median)} / ${isMore(0.99)}${seconds(p99)}`;
}

export function isolationTable(rows: readonly IsolationRow[]): Table {
  const subjects = [...new Set(rows.flatMap(({measured}) => measured.map(({subject}) => subject)))];
  const [first] = rows;
  return {
    title: 'Isolation: delay of mail to healthy domains, seconds (median / 99 %)',
    head: ['of 1,000 domains', ...subjects.map(subject => `${subject}, measured`), 'relayq, simulated'],
    rows: rows.map(({trouble, troubled, measured, simulated}) => [
      trouble === undefined ? 'none in trouble' : `${troubled} ${trouble}`,
      ...subjects.map(subject => cellOf(measured.find(each => each.subject === subject))),
      cellOf(simulated),
    ]),
    notes: [
      `Measured with ${numberText(first?.measured[0]?.messages, 0)} healthy messages, simulated with ${numberText(first?.simulated.messages, 0)}; > where too many had not come within the time.`,
    ],
  };
}
