// A log event as a line for a person: JSON becomes its message and its fields, and the platform's own lines are left out.

import {type Paint, paintOf} from '../terminal/paint.ts';

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
const maximumValueLength = 200;

/** The line without its end; undefined when the event is not shown. */
export function terminalLine(message: string, {label, colours, all}: TerminalOptions): string | undefined {
  if (!all && platformLine.test(message)) return undefined;
  const paint = paintOf(colours);
  const prefix = paint(label.padEnd(8), 'cyan');
  const record = recordOf(message);
  // Further lines are indented under the label.
  const nextLine = `\n${' '.repeat(Math.max(8, label.length))} `;
  if (record === undefined) return `${prefix} ${message.trimEnd().replaceAll('\n', nextLine)}`;
  if (typeof record.type === 'string' && record.type.startsWith('platform.')) {
    const words = platformWords(record.record as PlatformRecord);
    return all || words !== undefined ? [prefix, ...(words ?? [message])].join(' ') : undefined;
  }
  // The lines of its messages have told it.
  if (record.message === 'batch' && !all) return undefined;
  const words: string[] = [prefix];
  if (record.message === 'attempt') return [prefix, ...attemptWords(record, paint)].join(' ');
  const level = String(record.level ?? '').toLowerCase();
  if (level === 'error' || level === 'fatal') words.push(paint(level, 'red'));
  else if (level === 'warn') words.push(paint(level, 'yellow'));
  words.push(String(record.message ?? record.msg ?? ''));
  const {problems, ...fields} = record;
  const lines = Array.isArray(problems)
    ? problems.map(problem => `${nextLine}- ${String(problem).replaceAll(/\p{Cc}/gu, ' ')}`)
    : [];
  for (const [name, value] of Object.entries(lines.length > 0 ? fields : record)) {
    if (unshown.has(name) || value === null || value === '') continue;
    words.push(`${paint(`${name}=`, 'dim')}${shortOf(value)}`);
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
    String(timestamp).slice(11, 19),
    paint(String(fate), accepted ? 'green' : fate === 'bounced' ? 'red' : 'yellow'),
    `${domain} → ${nextHop}`,
    `${state} ${result}`,
  ];
  if (code !== undefined) words.push(String(code));
  if (!accepted && description !== undefined) words.push(shortOf(description));
  words.push(`${durationMs} ms`);
  if (Number(attempt) > 1) words.push(`attempt ${attempt}`);
  return [...words, paint(String(id), 'dim')];
}

function recordOf(message: string): Readonly<Record<string, unknown>> | undefined {
  if (!message.startsWith('{')) return undefined;
  try {
    return JSON.parse(message) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** A value on one line, without quotes where nothing is ambiguous. */
function shortOf(value: unknown): string {
  const text = typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  return text.length > maximumValueLength ? `${text.slice(0, maximumValueLength)}…` : text;
}
