import {describe, expect, it} from 'vitest';
import {messagesOf, parse, problemOf} from './files-under-test.ts';

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
