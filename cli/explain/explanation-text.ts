// An explanation as text for a terminal of so many columns.

import type {Paint} from '../terminal/paint.ts';
import {printable, shortened} from '../terminal/printable.ts';
import {wrapped} from '../terminal/wrapped.ts';
import type {Fact, Step} from './step.ts';
import type {Verdict} from './verdict.ts';

const titles: Readonly<Record<Step['step'], string>> = {
  settings: 'Settings that count',
  message: 'Message',
  destination: 'Destination',
  hosts: 'Hosts',
  tls: 'TLS',
  capacity: 'Capacity',
  authentication: 'Authentication',
  now: 'Now',
};

const leastColumns = 40;
const mostColumns = 160;
const widestName = 28;
/** Words of others can be long. */
const longestFact = 600;

export function explanationLines(
  steps: readonly Step[],
  {goes, text}: Verdict,
  {columns, paint}: {readonly columns: number; readonly paint: Paint},
): readonly string[] {
  const width = Math.min(Math.max(columns, leastColumns), mostColumns);
  const names = steps.flatMap(({facts}) => facts.map(({what}) => printable(what).length));
  const nameWidth = Math.min(Math.max(...names), width >= 100 ? widestName : 16);
  return [
    ...steps.flatMap(({step, facts}) => [
      paint(titles[step], 'bold'),
      ...facts.flatMap(fact => factLines(fact, {width, nameWidth, paint})),
      '',
    ]),
    ...wrapped(printable(text), width, 0).map(line => paint(line, goes ? 'green' : 'red')),
  ];
}

interface Layout {
  readonly width: number;
  readonly nameWidth: number;
  readonly paint: Paint;
}

function factLines({what, is, why, isBad}: Fact, {width, nameWidth, paint}: Layout): readonly string[] {
  const name = printable(what);
  const indent = nameWidth + 4;
  const reason = why === undefined ? '' : ` – ${why}`;
  const lines = wrapped(shortened(printable(`${is}${reason}`), longestFact), width, indent);
  // A name that is too long has a line to itself.
  const [first = '', ...rest] = lines;
  const head =
    name.length <= nameWidth
      ? [`  ${name.padEnd(nameWidth)}  ${first.trimStart()}`, ...rest]
      : [`  ${name}`, ...lines];
  return head.map(line => (isBad ? paint(line, 'yellow') : line));
}
