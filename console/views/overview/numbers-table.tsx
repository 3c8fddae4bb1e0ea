// The numbers of the charts as a table: for who does not see a chart, and for who wants to copy them.

import {useState} from 'preact/hooks';
import type {Numbers, Series} from '../../data/documents.ts';
import {Time} from '../../parts/time.tsx';
import {numberOf} from '../../text/numbers.ts';
import {millisecondsOf} from '../../text/times.ts';
import {shortQueueOf} from './queue-names.ts';

interface Column {
  readonly title: string;
  readonly values: Numbers;
  readonly textOf: (value: number) => string;
}

export function NumbersTable({series}: {readonly series: Series}) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="numbers" onToggle={({currentTarget}) => setOpen(currentTarget.open)}>
      <summary>The numbers as a table</summary>
      {isOpen && <Rows series={series} />}
    </details>
  );
}

function Rows({series}: {readonly series: Series}) {
  const columns = columnsOf(series);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by keyboard
    <section class="scroller" tabIndex={0} aria-label="The numbers of the charts, the newest first">
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">From</th>
            {columns.map(({title}) => (
              <th scope="col" class="number" key={title}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {series.times
            .map((time, at) => (
              <tr key={time}>
                <th scope="row">
                  <Time ms={time * 1000} />
                </th>
                {columns.map(({title, values, textOf}) => (
                  <td class="number" key={title}>
                    {textAt(values, at, textOf)}
                  </td>
                ))}
              </tr>
            ))
            .reverse()}
        </tbody>
      </table>
    </section>
  );
}

function textAt(values: Numbers, at: number, textOf: (value: number) => string): string {
  const value = values[at];
  return value === undefined || value === null ? '–' : textOf(value);
}

function columnsOf(series: Series): readonly Column[] {
  const counts = (['attempts', 'accepted', 'deferred', 'bounced'] as const).map(name => ({
    title: name[0]!.toUpperCase() + name.slice(1),
    values: series[name],
    textOf: numberOf,
  }));
  const queues = Object.entries(series.queues ?? {}).map(([name, values]) => ({
    title: `Ready in ${shortQueueOf(name)}`,
    values,
    textOf: numberOf,
  }));
  return [
    ...counts,
    {title: 'p50', values: series.latencyP50, textOf: millisecondsOf},
    {title: 'p95', values: series.latencyP95, textOf: millisecondsOf},
    ...queues,
  ];
}
