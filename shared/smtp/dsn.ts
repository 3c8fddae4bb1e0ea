// What a message asks of delivery status notifications (RFC 3461), as parameters of MAIL and RCPT. What is not
// well-formed is left out, and the rest counts: mail does not fail for a notification.

import type {Json, JsonObject} from '../json.ts';

/** Parameters, each with a blank in front; empty where nothing is asked. */
export interface Dsn {
  /** ` RET=HDRS ENVID=order-1` */
  readonly mail: string;
  /** ` NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;user@example.org` */
  readonly rcpt: string;
}

/** RFC 3461 4.4, 4.2: in characters, as they are sent. */
const maxEnvid = 100;
const maxOrcpt = 500;

/** @returns undefined where nothing is asked */
export function dsnOf({notify, ret, envid, orcpt}: JsonObject): Dsn | undefined {
  const parameters = (all: readonly (readonly [string, string | undefined])[]): string =>
    all.map(([name, value]) => (value ? ` ${name}=${value}` : '')).join('');
  const mail = parameters([
    ['RET', wordOf(ret, ['FULL', 'HDRS'])],
    ['ENVID', xtextOf(envid, maxEnvid)],
  ]);
  const rcpt = parameters([
    ['NOTIFY', notifyOf(notify)],
    ['ORCPT', orcptOf(orcpt)],
  ]);
  return mail || rcpt ? {mail, rcpt} : undefined;
}

/** In any case of letters, among blanks. */
function wordOf<T extends string>(value: Json | undefined, words: readonly T[]): T | undefined {
  if (typeof value !== 'string' || value.length > 20) return undefined;
  const word = value.trim().toUpperCase();
  return words.find(each => each === word);
}

const events = ['SUCCESS', 'FAILURE', 'DELAY'] as const;

/** Some of the events, or NEVER alone (RFC 3461 4.1): a list, or a text with commas. */
function notifyOf(value: Json | undefined): string | undefined {
  const list = typeof value === 'string' && value.length <= 100 ? value.split(',') : value;
  if (!Array.isArray(list) || list.length > 10) return undefined;
  if (list.length === 1 && wordOf(list[0], ['NEVER'])) return 'NEVER';
  const wanted = list.map(each => wordOf(each, events));
  return wanted.includes(undefined) ? undefined : events.filter(each => wanted.includes(each)).join(',');
}

/** The type of the address, and the address (RFC 3461 4.2). What is not ASCII needs SMTPUTF8 (RFC 6533), and is left out. */
function orcptOf(value: Json | undefined): string | undefined {
  if (typeof value !== 'string' || value.length > maxOrcpt) return undefined;
  const [, type, address] = /^([a-z0-9-]+);(.+)$/i.exec(value) ?? [];
  if (type === undefined) return undefined;
  const encoded = xtextOf(address, maxOrcpt - type.length - 1);
  return encoded && `${type};${encoded}`;
}

/** RFC 3461 4. What is encoded must be printable ASCII (4.2, 4.4). */
function xtextOf(value: Json | undefined, most: number): string | undefined {
  if (typeof value !== 'string' || value.length > most || !/^[ -~]+$/.test(value)) return undefined;
  const encoded = value.replace(
    /[ +=]/g,
    character => `+${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return encoded.length <= most ? encoded : undefined;
}
