// An overview as text, for a terminal of so many columns.

import type {DomainRow, Overview, QueueDepth} from '../../shared/overview/overview.ts';
import {problemsText} from '../../shared/parsed.ts';
import {parseUtcTime} from '../../shared/utc-time.ts';
import {type Paint, paintOf} from '../terminal/paint.ts';
import {printable, shortened} from '../terminal/printable.ts';
import {durationText} from '../terminal/time.ts';
import {wrapped} from '../terminal/wrapped.ts';

export interface TextOptions {
  readonly columns: number;
  readonly hasColours: boolean;
  /** How a UTC time is shown. */
  readonly timeOf: (utcTime: string) => string;
  /** At most so many domains; the others are counted. */
  readonly mostRows: number;
}

export function overviewLines(overview: Overview, options: TextOptions): readonly string[] {
  const {stage, time, settingsProblems, queues, deadLetters, totals} = overview;
  const paint = paintOf(options.hasColours);
  const dead =
    totals.deadLetters > 0 ? paint(`dead letters ${totals.deadLetters}`, 'red') : 'no dead letters';
  const head = `relayq ${stage}  ${options.timeOf(time)}`;
  const settings = printable(settingsText(overview, options));
  const isShort = head.length + 2 + settings.length <= options.columns;
  return [
    `${paint(`relayq ${stage}`, 'bold')}  ${options.timeOf(time)}${isShort ? `  ${settings}` : ''}`,
    ...(isShort ? [] : wrapped(settings, options.columns, 2)),
    ...(settingsProblems.length > 0 ? [paint(printable(problemsText(settingsProblems)), 'red')] : []),
    ...overview.rules.map(rule => paint(printable(ruleText(rule, options)), 'yellow')),
    `waiting ${totals.waiting}, in flight ${totals.inFlight}, ${dead}${oldestText(overview)}`,
    depthsLine(queues),
    ...(totals.deadLetters > 0 ? [depthsLine(deadLetters)] : []),
    '',
    ...domainLines(overview, options, paint),
    ...countsLines(overview, options, paint),
  ];
}

function settingsText(
  {smarthost, sink, unknownSettings, settingsSince}: Overview,
  {timeOf}: TextOptions,
): string {
  const hop = smarthost === null ? 'mail goes to the recipients’ MX hosts' : `smarthost ${smarthost}`;
  return [
    unknownSettings.length === 0 ? hop : `mail waits, as not known: ${unknownSettings.join(', ')}`,
    ...(sink === null ? [] : [`all TCP goes to the sink ${sink}`]),
    ...(settingsSince === null ? [] : [`set ${timeOf(settingsSince)}`]),
  ].join(', ');
}

function ruleText(
  {setting, does, mail, reason, until}: Overview['rules'][number],
  {timeOf}: TextOptions,
): string {
  const end = until === undefined ? '' : ` until ${timeOf(until)}`;
  return `${setting} ${does} ${mail}${end}${reason === undefined ? '' : `: ${reason}`}`;
}

const oldestText = ({oldest}: Overview): string =>
  oldest === null ? '' : `, oldest ${durationText(oldest.seconds)} in ${shortName(oldest.queue)}`;

/** What is old is said to be old. */
function countsLines(
  {time, countsSince, countsUntil, countsProblem}: Overview,
  {timeOf}: TextOptions,
  paint: Paint,
): readonly string[] {
  const counted = countsSince === null ? [] : [paint(`counted since ${timeOf(countsSince)}`, 'dim')];
  if (countsProblem === undefined) return counted;
  const age =
    countsUntil === null
      ? 'there are no counts'
      : `counts are ${Math.round((parseUtcTime(time)! - parseUtcTime(countsUntil)!) / 1000)} s old`;
  return [...counted, paint(printable(`the log could not be read, so ${age}: ${countsProblem}`), 'yellow')];
}

const depthsLine = (queues: readonly QueueDepth[]): string =>
  `  ${queues
    .map(({name, visible, inFlight, delayed}) => `${shortName(name)} ${visible + delayed + inFlight}`)
    .join('  ')}`;

const shortName = (name: string): string =>
  name.replace(/^relayq-[a-z0-9-]*?-(?=outbox|waiting|held|delivery)/, '');

interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
  /** Left out where there is little room. */
  readonly isWide?: boolean;
  readonly textOf: (row: DomainRow) => string;
}

const clockOf = (time: string): string => time.slice('2026-01-31 '.length);
const numberOf = (title: string, textOf: Column['textOf']): Column => ({title, textOf, isNumber: true});

const columnsWith = (timeOf: TextOptions['timeOf']): readonly Column[] => [
  {title: 'DOMAIN', textOf: ({receiver}) => printable(receiver)},
  {
    title: 'STATE',
    textOf: ({state, nextAttempt}) =>
      state === 'down' && nextAttempt ? `down until ${clockOf(timeOf(nextAttempt))}` : state,
  },
  numberOf('WAITING', ({waiting, isAbout}) => `${isAbout && waiting ? '~' : ''}${waiting ?? '–'}`),
  {...numberOf('IN FLIGHT', ({inFlight}) => `${inFlight ?? '–'}`), isWide: true},
  numberOf('ACCEPTED', ({counts}) => `${counts?.accepted ?? '–'}`),
  numberOf('DEFERRED', ({counts}) => `${counts?.deferred ?? '–'}`),
  numberOf('BOUNCED', ({counts}) => (counts ? `${counts.bounced + counts.expired}` : '–')),
  {
    title: 'NEXT',
    isWide: true,
    textOf: ({nextAttempt}) => (nextAttempt === undefined ? '' : clockOf(timeOf(nextAttempt))),
  },
];

const reasonOf = ({limit, lastError}: DomainRow): string =>
  printable([limit, lastError].filter(each => each !== undefined).join('; '));

/** From so many columns on the reason stands in the row, else below it. */
const wideColumns = 120;

function domainLines(
  {domains}: Overview,
  {columns: width, timeOf, mostRows}: TextOptions,
  paint: Paint,
): readonly string[] {
  if (domains.length === 0) return ['No domain is active.'];
  const isWide = width >= wideColumns;
  const shown = domains.slice(0, mostRows);
  const columns = columnsWith(timeOf).filter(column => isWide || !column.isWide);
  const cells = shown.map(row => columns.map(({textOf}) => textOf(row)));
  const most = isWide ? 48 : 24;
  const widths = columns.map(({title}, at) =>
    Math.min(Math.max(title.length, ...cells.map(row => row[at]!.length)), most),
  );
  const lineOf = (row: readonly string[], reason: string) => {
    const fields = columns.map(({isNumber}, at) => {
      const text = shortened(row[at]!, widths[at]!);
      return isNumber ? text.padStart(widths[at]!) : text.padEnd(widths[at]!);
    });
    return shortened([...fields, ...(isWide ? [reason] : [])].join('  ').trimEnd(), width);
  };
  const rows = shown.flatMap((row, at) => {
    const reason = reasonOf(row);
    const below = isWide || reason === '' ? [] : [shortened(`  ${reason}`, width)];
    return [lineOf(cells[at]!, reason), ...below].map(line => paintRow(row, line, paint));
  });
  const titles = columns.map(({title}) => title);
  const rest = domains.length - shown.length;
  return [
    paint(lineOf(titles, 'WHY'), 'dim'),
    ...rows,
    ...(rest > 0 ? [`… and ${rest} ${rest === 1 ? 'domain' : 'domains'} more: see --all`] : []),
  ];
}

function paintRow({state}: DomainRow, line: string, paint: Paint): string {
  if (state === 'down') return paint(line, 'red');
  return state === 'working' ? line : paint(line, 'yellow');
}
