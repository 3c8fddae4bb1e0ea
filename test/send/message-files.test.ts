import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {messageBodyOf, parseMessageFile} from '../../cli/send/message-files.ts';
import {maxMessageOctets} from '../../shared/delivery/result.ts';
import {parseMessage} from '../../shared/message/message-body.ts';
import {messagesOf, parse, problemOf} from './files-under-test.ts';

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

describe('the examples', () => {
  it('are messages that the route function takes', async () => {
    const directory = join(import.meta.dirname, '../../examples');
    // A folder is an example of something else.
    const entries = await readdir(directory, {withFileTypes: true});
    const files = entries.filter(entry => entry.isFile()).map(({name}) => name);
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
