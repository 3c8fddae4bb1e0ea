import {describe, expect, it} from 'vitest';
import {mailLine} from '../../cli/start/mail-line.ts';
import {subjectOf} from '../../cli/terminal/subject.ts';

const withSubject = (field: string) =>
  Buffer.from(`Received: by sink\r\nSubject:${field}\r\nTo: b@example.org\r\n\r\nSubject: of the body\r\n`);

describe('a mail on the terminal', () => {
  it('is one line with its number, envelope, subject and size', () => {
    const raw = withSubject(' hello');
    const message = {
      number: 3,
      received: '',
      from: 'a@example.com',
      to: ['b@example.org', 'c@example.org'],
      tls: false,
    };
    expect(mailLine({...message, size: 1234, raw})).toBe(
      '#3  a@example.com → b@example.org, c@example.org  "hello"  1.2 kB',
    );
    expect(mailLine({...message, from: '', size: 999, raw})).toMatch(/^#3 {2}<> → .* {2}999 B$/);
  });

  it.each([
    [' plain', 'plain'],
    ['', ''],
    [' folded\r\n over\r\n\tlines', 'folded over\tlines'],
    [' =?utf-8?q?Gr=C3=BC=C3=9Fe_aus?= Bonn', 'Grüße aus Bonn'],
    [' =?UTF-8?B?8J+Mhw==?=\r\n =?UTF-8?B?8J+Mhw==?=', '🌇🌇'],
    [' =?iso-8859-1*de?Q?=FC?=', 'ü'],
    [' =?x-nobody?q?word?=', '=?x-nobody?q?word?='],
    [' ünencoded', 'ünencoded'],
  ])('has the subject%j as %j', (field, subject) => {
    expect(subjectOf(withSubject(field))).toBe(subject);
  });

  it('without a subject has none', () => {
    expect(subjectOf(Buffer.from('To: b@example.org\r\n\r\nSubject: of the body'))).toBe('');
  });
});
