// A line of the functions' log for people: when, what became of which domain's mail, the reply, and whose it was.

import {restoredLine} from '../../shared/delivery/attempt-fields.ts';
import {batchMessage} from '../../shared/delivery/batch-line.ts';
import type {Paint} from '../terminal/paint.ts';
import {printable, shortened} from '../terminal/printable.ts';
import {timeText} from '../terminal/time.ts';
import type {LogEvent} from './log-reader.ts';

export interface LineOptions {
  readonly paint: Paint;
  /** Times in the zone of this machine. */
  readonly isLocal: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

const platformLine = /^(?:START|END|REPORT) RequestId: |^INIT_START /;
/** Shown in a place of their own. */
const shownElsewhere = new Set(['timestamp', 'level', 'message', 'id', 'domain', 'requestId', 'service']);
const longestValue = 200;

/** Undefined for what tells nothing of mail: Lambda's own lines, unless an invocation has failed, and sums. */
export function logLine({timeMs, message}: LogEvent, {paint, isLocal}: LineOptions): string | undefined {
  if (platformLine.test(message)) return undefined;
  const words = wordsOf(message, paint);
  return words && [timeText(timeMs, isLocal), ...words.filter(word => word !== '')].join('  ');
}

function wordsOf(message: string, paint: Paint): readonly string[] | undefined {
  const fields = fieldsOf(message);
  if (fields === undefined) return [textOf(message.trim())];
  if (fields.message === batchMessage) return undefined;
  if (typeof fields.type === 'string' && fields.type.startsWith('platform.'))
    return platformWords(fields, paint);
  return fields.message === 'attempt' ? attemptWords(fields, paint) : otherWords(fields, paint);
}

function attemptWords(fields: Fields, paint: Paint): readonly string[] {
  const {fate, class: bounceClass, domain, nextHop, code, status, description, result, attempt, id} = fields;
  const colour = fate === 'accepted' ? 'green' : fate === 'bounced' || fate === 'expired' ? 'red' : 'yellow';
  const reply = [code, status, description ?? (code === undefined ? result : undefined)];
  return [
    paint(textOf(fate).padEnd(8), colour),
    textOf(domain),
    reply
      .map(textOf)
      .filter(word => word !== '')
      .join(' '),
    bounceClass === undefined ? '' : `[${textOf(bounceClass)}]`,
    nextHop === undefined ? '' : `(${textOf(nextHop)})`,
    Number(attempt) > 1 ? `attempt ${textOf(attempt)}` : '',
    paint(textOf(id), 'dim'),
  ];
}

function otherWords(fields: Fields, paint: Paint): readonly string[] {
  const {level, message, domain, id} = fields;
  const colours = {error: 'red', fatal: 'red', warn: 'yellow'} as const;
  const name = textOf(level).toLowerCase();
  const colour = colours[name as keyof typeof colours];
  const more = Object.entries(fields)
    .filter(([key, value]) => !shownElsewhere.has(key) && value !== null && value !== '')
    .map(([key, value]) => `${paint(`${textOf(key)}=`, 'dim')}${fieldText(value)}`);
  return [
    colour === undefined ? name.padEnd(8) : paint(name.padEnd(8), colour),
    textOf(domain),
    textOf(message),
    more.join(' '),
    paint(textOf(id), 'dim'),
  ];
}

function platformWords({record}: Fields, paint: Paint): readonly string[] | undefined {
  const {requestId, status, errorType} = (
    typeof record === 'object' && record !== null ? record : {}
  ) as Fields;
  if (status === undefined || status === 'success') return undefined;
  return [
    paint('error   ', 'red'),
    `invocation ${textOf(requestId)}: ${textOf(status)} ${textOf(errorType)}`.trim(),
  ];
}

function fieldsOf(message: string): Fields | undefined {
  if (!message.startsWith('{')) return undefined;
  try {
    return restoredLine(JSON.parse(message));
  } catch {
    return undefined;
  }
}

/** Servers and senders have written some of it. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return shortened(printable(typeof value === 'string' ? value : JSON.stringify(value)), longestValue);
}

/** In quotes where it would be ambiguous. */
const fieldText = (value: unknown): string =>
  textOf(typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value));
