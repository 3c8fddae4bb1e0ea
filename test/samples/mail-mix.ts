// Messages of every kind: text and objects, ASCII and UTF-8, plain and with everything that can be asked of the
// pipeline, right and wrong. With each comes what must become of it.

import type {ResultKind} from '../../shared/names.ts';
import {Dice} from './dice.ts';
import {mimeTextOf} from './mime-text.ts';

export interface Mail {
  readonly number: number;
  /** The body to put on the outbox. */
  readonly body: string;
  /** What must arrive; undefined for what is not a message. */
  readonly expected: Expected | undefined;
  readonly queues: Readonly<Partial<Record<ResultKind, string | null>>>;
}

export interface Expected {
  readonly sender: string;
  readonly recipient: string;
  /** Octets as latin1. */
  readonly text: string;
  readonly tags: readonly string[] | undefined;
  readonly maxAttempts: number | undefined;
  readonly keepMime: boolean;
  /** Who logs in at the smarthost, as `user:password`; undefined without a smarthost. */
  readonly login: string | undefined;
}

export interface MixOptions {
  readonly seed: number;
  readonly size: number;
  readonly domains: readonly string[];
  readonly smarthosts: readonly string[];
  readonly smarthostPort: number;
  /** A result queue that is not the stage's, and one that does not exist. */
  readonly otherQueue: string;
  readonly missingQueue: string;
}

/** Every secret ends in this, so that a leak is found anywhere. */
export const secretMark = 'hunter2';

export function mailMix(options: MixOptions): Mail[] {
  const {seed, size} = options;
  const dice = new Dice(seed, 'kinds');
  const [wrong, object, relayed] = [size * 0.06, size * 0.14, size * 0.2];
  const kinds = dice.shuffled(
    Array.from({length: size}, (_, index) => ({
      index,
      kind: index < wrong ? 'wrong' : index < object ? 'object' : index < relayed ? 'relayed' : 'text',
    })),
  );
  return kinds.map(({kind, index}, number) => {
    const own = new Dice(seed, 'mail', number);
    if (kind === 'wrong') return wrongMail(number, index, own, options);
    const smarthost = kind === 'relayed' ? options.smarthosts[index % options.smarthosts.length] : undefined;
    return mailOf({number, isObject: kind === 'object', smarthost}, own, options);
  });
}

function mailOf(
  {number, isObject, smarthost}: {number: number; isObject: boolean; smarthost: string | undefined},
  dice: Dice,
  options: MixOptions,
): Mail {
  const domain = options.domains[number % options.domains.length] as string;
  const local = dice.oneOf(['jo', 'Jo.Doe+tag', "o'neill", 'grüße', '用户', '..odd', '"a b"'] as const);
  const localPart = local.startsWith('"') ? `"a b.${number}"` : `${local}.${number}`;
  const recipient = `${localPart}@${dice.chance(0.1) ? domain.toUpperCase() : domain}`;
  const sender = dice.chance(0.1) ? '' : `${dice.oneOf(['bounces', 'löwe'])}.${number}@sender.example`;
  const tags = dice.chance(0.2) ? ['spring', `tag ${number}`] : undefined;
  const maxAttempts = dice.chance(0.08) ? dice.whole(1, 2) : undefined;
  const keepMime = dice.chance(0.03);
  const retries = dice.oneOf([undefined, undefined, [0], [1], [0, 1]]);
  const user = dice.oneOf(['one', 'two']);
  const login = smarthost === undefined ? undefined : `${user}:${user}-${secretMark}`;
  const queues = dice.chance(0.1) ? dice.oneOf(queueChoices(options)) : {};
  const properties = new Map<string, unknown>([
    ['recipient', recipient],
    ['n', number],
    ['custom', {nested: [number, null, 'ü'], flag: true}],
  ]);
  const mqFields: string[] = [];
  /** Says a thing in JSON, or in header fields. */
  const say = (inHeader: boolean, name: string, value: unknown, fields: readonly string[]) => {
    if (inHeader) mqFields.push(...fields);
    else properties.set(name, value);
  };
  const inHeader = () => !isObject && dice.chance(0.4);
  if (sender === '') properties.set('envelope', dice.oneOf(['', '<>', null]));
  else say(inHeader(), 'envelope', sender, [`X-MQ-Envelope:\n ${sender}`]);
  if (tags) say(inHeader(), 'tags', tags, ['x-mq-tag: spring', `x-Mq-TAG:\n\ttag\n ${number}`]);
  if (maxAttempts) {
    const digits = String(maxAttempts);
    say(inHeader(), 'maxattempts', dice.oneOf([maxAttempts, digits]), [`x-mq-MaxAttempts:${digits}`]);
  }
  if (keepMime) say(inHeader(), 'keepmime', true, ['X-Mq-KeepMime : yes']);
  if (retries) say(inHeader(), 'retries', retries, [`x-mq-retries: ${retries.join(',')}`]);
  if (smarthost !== undefined) {
    const port = options.smarthostPort;
    const password = `${user}-${secretMark}`;
    say(inHeader(), 'smarthost', {hostname: smarthost, port, username: user, password}, [
      `X-MQ-Smarthost-Hostname: ${smarthost}`,
      `x-mq-smarthost-port: ${port}`,
      `x-mq-smarthost-username:\n\t${user}`,
      `X-mq-SMARTHOST-password:\n ${password}`,
    ]);
  }
  // No field can say null.
  const named = Object.entries(queues).every(([, name]) => name !== null);
  const queueFields = Object.entries(queues).map(([kind, name]) => `x-mq-${kind}-queue: ${name}`);
  if (queueFields.length > 0) say(named && inHeader(), 'queues', queues, queueFields);
  if (dice.chance(0.05)) properties.set('nextattempt', {time: '2020-02-29 12:00:00'});
  if (dice.chance(0.05)) properties.set('maxdelivertime', '2999-12-31 23:59:59');
  if (dice.chance(0.1)) mqFields.push('x-mq-pool: blue', 'x-mq-ip: 192.0.2.1', 'x-mq-ip:\n 2001:db8::1');

  const octets = Math.round(100 * 1000 ** dice.next());
  const utf8 = dice.chance(0.4);
  const lineEnds = dice.oneOf(['CRLF', 'LF', 'mixed'] as const);
  const {source, arriving} = isObject
    ? objectOf(number, dice)
    : mimeTextOf(number, {lineEnds, utf8, octets, mqFields}, dice);
  properties.set('mime', source);
  return {
    number,
    body: JSON.stringify(Object.fromEntries(dice.shuffled([...properties]))),
    expected: {sender, recipient, text: arriving, tags, maxAttempts, keepMime, login},
    queues,
  };
}

const queueChoices = ({otherQueue, missingQueue}: MixOptions): readonly Mail['queues'][] => [
  {results: null},
  {success: null, failure: null},
  {retry: null},
  {results: otherQueue, retry: otherQueue},
  {success: otherQueue, failure: otherQueue},
  {success: missingQueue, failure: missingQueue},
];

/** A `mime` object for the composer, with everything that it would otherwise make up. */
function objectOf(number: number, dice: Dice) {
  const lines = Array.from(
    {length: dice.whole(1, 60)},
    (_, line) => `${dice.oneOf(['', '.', '..'])}line ${line}`,
  );
  const source = {
    from: 'sender@sender.example',
    to: 'to@example.org',
    subject: `object ${number}`,
    messageId: `<${number}@sender.example>`,
    date: '2030-01-01T12:00:00Z',
    text: lines.join(dice.oneOf(['\n', '\r\n'])),
    headers: {'x-mq-custom-of-header': 'composed', 'X-Kept': 'yes'},
  };
  const arriving = [
    'X-Kept: yes',
    `From: ${source.from}`,
    `To: ${source.to}`,
    `Subject: ${source.subject}`,
    `Message-ID: ${source.messageId}`,
    `Date: ${source.date}`,
    'Content-Transfer-Encoding: 7bit',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    ...lines,
    '',
  ];
  return {source, arriving: arriving.join('\r\n')};
}

/** Something that is not a message, each time in another way; its number can still be read. */
function wrongMail(number: number, way: number, dice: Dice, {domains, otherQueue}: MixOptions): Mail {
  const recipient = `wrong.${number}@${dice.oneOf(domains)}`;
  const right = {n: number, envelope: 'wrong@sender.example', recipient, mime: 'Subject: x\r\n\r\nx\r\n'};
  const secret = `a-${secretMark}`;
  const queues = {failure: otherQueue};
  const bodies: readonly (string | object)[] = [
    `{"n": ${number}, "recipient": "${recipient}", "smarthost": {"password": "${secret}"`,
    `"n": ${number}`,
    JSON.stringify(`{"n": ${number}, "password": "${secret}"}`),
    [right],
    {...right, recipient: undefined},
    {...right, recipient: [recipient]},
    {...right, recipient: `${recipient}>\r\nRCPT TO:<victim@example.org`},
    {...right, mime: 17},
    {...right, mime: ''},
    {...right, mime: {text: 'x', attachments: [{path: '/etc/hostname'}]}},
    {...right, smarthost: {port: 587, username: 'u', password: secret}},
    {...right, smarthost: {hostname: '127.0.0.1', port: 'smtp'}},
    {...right, mime: `x-mq-smarthost-password: ${secret}\n${right.mime}`},
    {...right, envelope: undefined, mime: `x-mq-envelope: not an address\n${right.mime}`},
    {...right, mime: `x-mq-pool: one\nx-mq-pool: another\n${right.mime}`},
    {...right, maxattempts: 0, retries: 'soon', maxdelivertime: '2030-02-30 00:00:00'},
    {...right, tags: 'not a list', queues},
    {...right, queues: ['relayq-local-results']},
    {...right, queues: {failure: 'https://sqs.example/1/queue'}},
    {...right, dkim: {domain: 'example.org', privateKey: secret}},
    {...right, relayq: {id: 'forged'}},
  ];
  const body = bodies[way % bodies.length] as string | object;
  const says = typeof body === 'object' && 'queues' in body && body.queues === queues;
  return {
    number,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    expected: undefined,
    queues: says ? queues : {},
  };
}
