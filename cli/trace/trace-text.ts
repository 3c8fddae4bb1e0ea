// The way of messages as text for a terminal of so many columns. Servers and senders have written some of it.

import {isJsonObject, type JsonObject} from '../../shared/json.ts';
import type {Paint} from '../terminal/paint.ts';
import {printable, shortened} from '../terminal/printable.ts';
import {wrapped} from '../terminal/wrapped.ts';
import type {TracedMessage} from './timeline.ts';
import type {TraceEvent} from './trace-event.ts';

export interface TraceTextOptions {
  readonly columns: number;
  readonly paint: Paint;
  readonly timeOf: (ms: number) => string;
  readonly nowMs: number;
}

const leastColumns = 40;
const mostColumns = 160;
const longestEvent = 1000;
const nameWidth = 'dead letter'.length;

export function messageLines(
  {id, recipient, domain, events, state, isOver, nextMs}: TracedMessage,
  options: TraceTextOptions,
): readonly string[] {
  const {paint, timeOf, nowMs} = options;
  const whom = recipient ?? (domain === undefined ? undefined : `somebody at ${domain}`);
  const next = nextMs === undefined ? '' : `; ${nextOf(state, nextMs < nowMs)} ${timeOf(nextMs)}`;
  const summary = isOver ? overOf(state, id) : `${state}${next}`;
  const colour = state === 'accepted' ? 'green' : isOver ? 'red' : 'yellow';
  return [
    paint(printable(`${id}${whom === undefined ? '' : `  to ${whom}`}`), 'bold'),
    ...events.flatMap(event => eventLines(event, options)),
    paint(printable(`  ${summary}`), colour),
  ];
}

const overOf = (state: string, id: string): string =>
  state === 'dead letter' ? `dead letter: see relayq dead-letters show ${id}` : state;

function nextOf(state: string, isPast: boolean): string {
  if (state === 'hidden') return isPast ? 'its lane was to be seen again' : 'its lane is seen again';
  if (state === 'held') return isPast ? 'it was to be looked at again' : 'it is looked at again';
  return isPast ? 'the next attempt was due' : 'the next attempt is due';
}

function eventLines(event: TraceEvent, {columns, paint, timeOf}: TraceTextOptions): readonly string[] {
  const width = Math.min(Math.max(columns, leastColumns), mostColumns);
  const time = `  ${timeOf(event.timeMs)}`;
  const indent = time.length + 2 + nameWidth + 2;
  const lines = wrapped(shortened(printable(wordsOf(event, timeOf)), longestEvent), width, indent);
  const [first = '', ...rest] = lines;
  const name = printable(nameOf(event)).padEnd(nameWidth);
  return [`${paint(time, 'dim')}  ${paintName(name, event, paint)}  ${first.trimStart()}`.trimEnd(), ...rest];
}

function nameOf({what, facts}: TraceEvent): string {
  return what === 'attempt' && typeof facts.attempt === 'number' ? `attempt ${facts.attempt}` : what;
}

function paintName(name: string, {what, fate}: TraceEvent, paint: Paint): string {
  if (fate === 'accepted' || fate === 'up') return paint(name, 'green');
  if (what === 'dead letter' || what === 'failed' || fate === 'bounced' || fate === 'expired')
    return paint(name, 'red');
  return what === 'arrived' || what === 'logged' ? name : paint(name, 'yellow');
}

function wordsOf(event: TraceEvent, timeOf: TraceTextOptions['timeOf']): string {
  const {what, fate, why, untilMs, facts} = event;
  const until = untilMs === undefined ? undefined : timeOf(untilMs);
  switch (what) {
    case 'arrived':
      return 'on the outbox';
    case 'attempt':
      return attemptWords(event, until);
    case 'receiver':
      return sentence([`is ${fate}`, why], until === undefined ? undefined : `next probe ${until}`);
    case 'hidden': {
      const times = typeof facts.times === 'number' ? `${facts.times} times` : undefined;
      return sentence(
        [['its lane', times].filter(each => each !== undefined).join(' '), why],
        until === undefined ? undefined : `until ${until}`,
      );
    }
    case 'moved':
      return sentence([`to the ${String(facts.to ?? 'other')} queue`, why]);
    default:
      return sentence([fate, why], until === undefined ? undefined : `until ${until}`);
  }
}

const sentence = (parts: readonly (string | undefined)[], end?: string): string =>
  [parts.filter(part => part !== undefined).join(': '), end].filter(part => part !== undefined).join(', ');

function attemptWords({fate, why, facts}: TraceEvent, next: string | undefined): string {
  const {code, status, state, result, nextHop, tried, passed, policy, policyfailure, maybesent} = facts;
  const reply = code === undefined ? [state, result] : [code, status];
  const heard = reply
    .filter(each => each !== undefined)
    .map(textOf)
    .join(' ');
  // Behind a code are the server's words, behind a stage our own.
  const said = [heard, why].filter(Boolean).join(code === undefined ? ': ' : ' ');
  return [
    `${fate ?? 'tried'}: ${said}`,
    facts.class === undefined ? undefined : `class ${textOf(facts.class)}`,
    whereOf(facts),
    tlsOf(facts),
    nextHop === undefined ? undefined : `next hop ${textOf(nextHop)}`,
    policy === undefined ? undefined : `policy ${textOf(policy)}`,
    policyfailure === undefined ? undefined : `the policy would refuse it: ${textOf(policyfailure)}`,
    tried === undefined ? undefined : `${textOf(tried)} addresses tried`,
    Array.isArray(passed) ? `passed over: ${passed.map(textOf).join('; ')}` : undefined,
    facts.durationMs === undefined ? undefined : `${textOf(facts.durationMs)} ms`,
    maybesent === true ? 'the server may have it' : undefined,
    next === undefined ? undefined : `next attempt ${next}`,
  ]
    .filter(each => each !== undefined)
    .join(', ');
}

function whereOf({mta, to}: JsonObject): string | undefined {
  if (mta === undefined) return undefined;
  return `by ${textOf(mta)}${to === undefined || to === mta ? '' : ` (${textOf(to)})`}`;
}

/** Nothing where there was no connection. */
function tlsOf({cipher, verified, from}: JsonObject): string | undefined {
  if (isJsonObject(cipher))
    return `${textOf(cipher.version ?? 'TLS')}${verified === true ? ', certificate verified' : ''}`;
  return from === undefined ? undefined : 'in clear text';
}

const textOf = (value: JsonObject[string]): string =>
  typeof value === 'string' ? value : JSON.stringify(value);
