// A log event as a line for a person: JSON becomes its message and its fields, and the platform's own lines are left out.

import {restoredLine} from '../../shared/delivery/attempt-fields.ts';
import {type Paint, paintOf} from '../terminal/paint.ts';
import {printable} from '../terminal/printable.ts';

export interface TerminalOptions {
  /** Stands in front of the line and says who printed it. */
  readonly label: string;
  readonly colours: boolean;
  /** START, END and REPORT too. */
  readonly all: boolean;
}

const platformLine = /^(START|END|REPORT) RequestId: |^INIT_START /;
/** Fields that are shown otherwise, or that the reader knows: the time is now, and the label names the function. */
const unshown = new Set(['timestamp', 'level', 'message', 'msg', 'requestId', 'service']);
/** Ends of messages that are logged without an attempt. */
const ends = /^message (deferred|expired|bounced|invalid)$/;
const maximumValueLength = 200;

/** The line without its end; undefined when the event is not shown. */
export function terminalLine(message: string, {label, colours, all}: TerminalOptions): string | undefined {
  if (!all && platformLine.test(message)) return undefined;
  const paint = paintOf(colours);
  const prefix = paint(label.padEnd(8), 'cyan');
  const record = recordOf(message);
  // Further lines are indented under the label.
  const nextLine = `\n${' '.repeat(Math.max(8, label.length))} `;
  if (record === undefined) return `${prefix} ${linesOf(message.trimEnd()).join(nextLine)}`;
  if (typeof record.type === 'string' && record.type.startsWith('platform.')) {
    const words = platformWords(record.record as PlatformRecord);
    return all || words !== undefined ? [prefix, ...(words ?? [message])].join(' ') : undefined;
  }
  // The lines of its messages have told it.
  if (record.message === 'batch' && !all) return undefined;
  const words: string[] = [prefix];
  if (record.message === 'attempt') return [prefix, ...attemptWords(record, paint)].join(' ');
  const [, end] = ends.exec(String(record.message)) ?? [];
  if (end !== undefined) return [prefix, ...endWords(end, record, paint)].join(' ');
  const level = String(record.level ?? '').toLowerCase();
  if (level === 'error' || level === 'fatal') words.push(paint(level, 'red'));
  else if (level === 'warn') words.push(paint(level, 'yellow'));
  words.push(printable(String(record.message ?? record.msg ?? '')));
  const {problems, ...fields} = record;
  const lines = Array.isArray(problems)
    ? problems.map(problem => `${nextLine}- ${printable(String(problem))}`)
    : [];
  for (const [name, value] of Object.entries(lines.length > 0 ? fields : record)) {
    if (unshown.has(name) || value === null || value === '') continue;
    words.push(`${paint(`${printable(name)}=`, 'dim')}${shortOf(value)}`);
  }
  return words.filter(word => word !== '').join(' ') + lines.join('');
}

interface PlatformRecord {
  readonly requestId?: string;
  readonly status?: string;
  readonly errorType?: string;
  readonly metrics?: {readonly durationMs?: number};
}

/** The report of an invocation that failed is worth a line. Starts, ends and successes are not. */
function platformWords({requestId, status, errorType, metrics}: PlatformRecord): string[] | undefined {
  if (status === undefined || status === 'success' || metrics === undefined) return undefined;
  return [`invocation ${requestId}`, status, errorType ?? '', `after ${metrics.durationMs} ms`];
}

/** A delivery attempt: its time, fate, domain, next hop, result and duration, and the message. */
function attemptWords(record: Readonly<Record<string, unknown>>, paint: Paint): string[] {
  const {timestamp, fate, domain, nextHop, state, result, code, description, durationMs, attempt, id} =
    record;
  const accepted = fate === 'accepted';
  const words = [
    timeOf(timestamp),
    paint(shortOf(fate), accepted ? 'green' : fate === 'bounced' ? 'red' : 'yellow'),
    `${shortOf(domain)} → ${shortOf(nextHop)}`,
    ...(accepted ? [] : [`${shortOf(state)} ${shortOf(result)}`]),
  ];
  if (code !== undefined) words.push(shortOf(code));
  if (!accepted && description !== undefined) words.push(shortOf(description));
  words.push(`${shortOf(durationMs)} ms`);
  if (Number(attempt) > 1) words.push(`attempt ${shortOf(attempt)}`);
  return [...words, paint(shortOf(id), 'dim')];
}

/** A message that has come to its end: its time, fate and domain, why, and the message. An invalid one has no domain. */
function endWords(fate: string, record: Readonly<Record<string, unknown>>, paint: Paint): string[] {
  const {timestamp, domain, reason, id} = record;
  const words = [timeOf(timestamp), paint(fate, 'red')];
  if (domain !== undefined) words.push(shortOf(domain));
  if (reason !== undefined) words.push(shortOf(reason));
  return [...words, paint(shortOf(id), 'dim')];
}

const timeOf = (timestamp: unknown): string => printable(String(timestamp).slice(11, 19));

function recordOf(message: string): Readonly<Record<string, unknown>> | undefined {
  if (!message.startsWith('{')) return undefined;
  try {
    return restoredLine(JSON.parse(message));
  } catch {
    return undefined;
  }
}

/** A value on one line, without quotes where nothing is ambiguous. */
function shortOf(value: unknown): string {
  const text = printable(
    typeof value === 'string' && /^[^\s"=\p{Cc}]+$/u.test(value) ? value : JSON.stringify(value),
  );
  return text.length > maximumValueLength ? `${text.slice(0, maximumValueLength)}…` : text;
}

/** The lines of a text. Their tabs stay. */
const linesOf = (text: string): string[] =>
  text.split('\n').map(line => line.split('\t').map(printable).join('\t'));
