import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {maxMessageOctets} from '../../shared/delivery/result.ts';
import {parseMessage} from '../../shared/message/message-body.ts';
import {withResultsTo} from '../../tools/await-results.ts';
import type {EmlOptions} from '../../tools/eml.ts';
import {offsetOfError} from '../../tools/json-place.ts';
import {messageBodyOf, parseMessageFile} from '../../tools/message-files.ts';

const parse = (name: string, content: string | Buffer, options?: EmlOptions) =>
  parseMessageFile(name, Buffer.from(content), options);
const messagesOf = (...args: Parameters<typeof parse>) => parse(...args).map(({message}) => message);
const problemOf = (...args: Parameters<typeof parse>) => {
  try {
    parse(...args);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('there was no problem');
};

describe('a JSON file', () => {
  it.each([
    ['one message', '{"recipient": "a@example.org"}', [{recipient: 'a@example.org'}]],
    ['a message over several lines', '\ufeff{\n  "a": 1\n}\n', [{a: 1}]],
    ['a list of messages', '[{"a": 1}, {"a": 2}]', [{a: 1}, {a: 2}]],
    ['one message a line', '{"a": 1}\r\n\n{"a": 2}\n', [{a: 1}, {a: 2}]],
  ])('holds %s', (_, text, messages) => {
    expect(messagesOf('m.json', text)).toEqual(messages);
    expect(messagesOf('-', text)).toEqual(messages);
  });

  it('leaves numbers as they are written', () => {
    const text = '{"recipient":"a@example.org","n":[9007199254740993,1.10,1e400]}';
    expect(parse('m.json', text).map(messageBodyOf)).toEqual([text]);
  });

  it('names its messages, where it has several', () => {
    expect(parse('m.json', '[{}, {}]').map(({source}) => source)).toEqual([
      'm.json, message 1',
      'm.json, message 2',
    ]);
    expect(parse('-', '{}\n{}').map(({source}) => source)).toEqual(['stdin, line 1', 'stdin, line 2']);
  });

  it.each([
    ['{"a": 1,\n "password": hunter2}', 'm.json: is not JSON: see line 2, column 14'],
    ['{"a": 1', 'm.json: is not JSON: see line 1, column 8'],
    ['{"a": 1}\n{"a": }\n', 'm.json, line 2: is not JSON: see column 7'],
    ['[{}, 3]', 'm.json, message 2: is not a message: it must be an object with recipient, mime, …'],
    ['"text"', 'm.json: is not a message: it must be an object with recipient, mime, …'],
    ['[]', 'm.json: is an empty list: it holds no message'],
    [' \n', 'm.json: is empty'],
    [Buffer.from('{"a":\n"\xfc"}', 'latin1'), 'm.json: is not UTF-8 (line 2)'],
    [`{"a": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'm.json: is nested more than 1000 deep'],
  ])('that is wrong is refused with the place: %j', (text, problem) => {
    expect(problemOf('m.json', text)).toBe(problem);
  });

  it('does not take the flags for .eml', () => {
    expect(problemOf('m.json', '{}', {recipients: ['a@example.org']})).toMatch(
      /^m\.json: is JSON, which has/,
    );
  });

  it('may be as large as the queue takes it, and no larger', () => {
    const message = (octets: number) => ({source: 'm.json', message: {a: 'x'.repeat(octets - 8)}});
    expect(messageBodyOf(message(maxMessageOctets))).toHaveLength(maxMessageOctets);
    expect(() => messageBodyOf(message(maxMessageOctets + 1))).toThrow(
      'm.json: takes up 1,032,193 octets as JSON; at most 1,032,192 fit into the queue',
    );
  });
});

const jsonLike = fc.string({unit: fc.constantFrom(...'{}[]:,"\\\\ 1-tx\n'), maxLength: 3});

describe('the place where a text stops being JSON', () => {
  it.each([
    ['{"a": x}', 6],
    ['[1, 2,]', 6],
    ['{"a" 1}', 5],
    ['{,}', 1],
    ['[01]', 1],
    ['{"a": "b\nc"}', 6],
    ['{"a": "\\x"}', 6],
    ['{} {}', 3],
    ['[1}', 2],
    ['', 0],
    ['[tru', 1],
  ])('in %j is %i', (text, offset) => {
    expect(offsetOfError(text)).toBe(offset);
  });

  it('is at the end of JSON, and where V8 sees it when V8 says so', () => {
    const edits = fc.record({json: fc.json(), at: fc.nat(), removed: fc.nat(3), insertion: jsonLike});
    fc.assert(
      fc.property(edits, ({json, at, removed, insertion}) => {
        expect(offsetOfError(json)).toBe(json.length);
        const cut = at % (json.length + 1);
        const changed = json.slice(0, cut) + insertion + json.slice(cut + removed);
        const offset = offsetOfError(changed);
        try {
          JSON.parse(changed);
          expect(offset).toBe(changed.length);
        } catch (error) {
          const position = / at position (\d+)/.exec((error as Error).message)?.[1];
          if (position === undefined) return;
          // V8 points into a bad string, number or word; here it is the place where that begins.
          if (/^["\w-]/.test(changed.slice(offset))) expect(offset).toBeLessThanOrEqual(Number(position));
          else expect(offset).toBe(Number(position));
        }
      }),
      {numRuns: 1000},
    );
  });
});

describe('an .eml file', () => {
  const eml = (...fields: string[]) => `${fields.join('\r\n')}\r\n\r\nFrom: the body\r\n`;
  const basic = eml('From: Jo <jo@example.com>', 'To: a@example.org');

  it('is one message for each address in To, Cc and Bcc, without the Bcc field', () => {
    const text = eml(
      'From: jo@example.com',
      'To: "Doe, Jo" <a@example.org>,\r\n b@example.org',
      'Bcc: hidden@example.org,\r\n\thidden-too@example.org',
      'CC: Friends: c@example.org, a@example.org;',
      'Subject: x',
    );
    const mime = eml(
      'From: jo@example.com',
      'To: "Doe, Jo" <a@example.org>,\r\n b@example.org',
      'CC: Friends: c@example.org, a@example.org;',
      'Subject: x',
    );
    expect(messagesOf('m.eml', text)).toEqual(
      ['a', 'b', 'c', 'hidden', 'hidden-too'].map(name => ({
        envelope: 'jo@example.com',
        recipient: `${name}@example.org`,
        mime,
      })),
    );
  });

  it('is known by its name, or by not beginning like JSON', () => {
    for (const name of ['m.EML', '-', 'message.txt']) {
      expect(messagesOf(name, basic)).toEqual([
        {envelope: 'jo@example.com', recipient: 'a@example.org', mime: basic},
      ]);
    }
  });

  it('keeps its line ends and its x-mq-* fields', () => {
    const text = 'From: jo@example.com\nTo: a@example.org\nx-mq-tag: t\r\n\nbody\r\nBcc: not a field\n';
    expect(messagesOf('m.eml', text)[0]?.mime).toBe(text);
  });

  it.each([
    ['x-mq-envelope', ['x-mq-envelope: m@example.com', 'Return-Path: <r@example.com>'], 'm@example.com'],
    ['Return-Path', ['Sender: s@example.com', 'Return-Path: <r@example.com>'], 'r@example.com'],
    ['From', ['Sender: s@example.com'], 'jo@example.com'],
    ['a null Return-Path', ['Return-Path: <>'], ''],
  ])('has its envelope from %s', (_, fields, envelope) => {
    const text = eml('From: jo@example.com', 'To: a@example.org', ...fields);
    expect(messagesOf('m.eml', text)[0]?.envelope).toBe(envelope);
  });

  it('has its envelope from Sender where there is nothing else', () => {
    expect(messagesOf('m.eml', eml('To: a@example.org', 'Sender: s@example.com'))[0]?.envelope).toBe(
      's@example.com',
    );
  });

  it('has recipients and envelope from the flags before all', () => {
    const options = {recipients: ['x@example.net', 'y@example.net', 'x@example.net'], envelope: '<>'};
    expect(messagesOf('m.eml', basic, options)).toEqual([
      {envelope: '<>', recipient: 'x@example.net', mime: basic},
      {envelope: '<>', recipient: 'y@example.net', mime: basic},
    ]);
    expect(parse('m.eml', basic, options).map(({source}) => source)).toEqual([
      'm.eml, to x@example.net',
      'm.eml, to y@example.net',
    ]);
  });

  it.each([
    [
      Buffer.from(`${basic}gr\xfc\xdfe\r\n`, 'latin1'),
      'm.eml: is not UTF-8 (line 5), and a JSON string cannot carry other octets: encode the text as quoted-printable or base64',
    ],
    [eml('From: jo@example.com'), 'm.eml: has no address in To, Cc or Bcc: say --recipient ADDRESS'],
    [
      eml('To: a@example.org'),
      'm.eml: has no address in x-mq-envelope, Return-Path, From or Sender: say --envelope ADDRESS',
    ],
    ['just words\r\n', 'm.eml: does not begin with header fields: it is not an .eml file'],
    ['\r\nTo: a@example.org\r\n', 'm.eml: does not begin with header fields: it is not an .eml file'],
    [
      eml('From: jo@example.com', 'To: a@exa_mple..org'),
      'm.eml: "a@exa_mple..org" has a domain that is not a host name such as example.org',
    ],
  ])('that is wrong is refused: %s', (text, problem) => {
    expect(problemOf('m.eml', text)).toBe(problem);
  });
});

describe('the examples', () => {
  it('are messages that the route function takes', async () => {
    const directory = join(import.meta.dirname, '../../examples');
    const files = await readdir(directory);
    expect(files.toSorted()).toEqual(['hello.json', 'newsletter.eml', 'per-message-smarthost.json']);
    for (const file of files) {
      for (const message of parseMessageFile(file, await readFile(join(directory, file)))) {
        const parsed = parseMessage(messageBodyOf(message), {id: 'id', arrivedMs: 0});
        expect(parsed.ok || parsed.problems).toBe(true);
        expect(parsed.ok && parsed.message.envelope?.domain).toMatch(/example\.(?:com|net|org)$/);
      }
    }
  });
});

describe('a message whose results are waited for', () => {
  it('has them sent to the queue, and all else as before', () => {
    const message = {recipient: 'a@example.org', queues: {failure: 'mine'}};
    expect(withResultsTo('q', 'id-1', {source: 'm', message}).message).toEqual({
      recipient: 'a@example.org',
      queues: {failure: 'mine', results: 'q'},
      'send-id': 'id-1',
    });
  });

  it.each([
    {queues: {results: 'mine'}},
    {queues: {results: null}},
    {mime: 'X-MQ-Results-Queue: mine\r\n\r\nbody'},
    {queues: 'mine'},
  ])('must not send them elsewhere: %j', message => {
    expect(() => withResultsTo('q', 'id-1', {source: 'm.json', message})).toThrow(
      /^m\.json: (?:sets|has) queues/,
    );
  });
});
