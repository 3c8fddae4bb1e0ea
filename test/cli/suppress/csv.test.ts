import {describe, expect, test} from 'vitest';
import {type CsvProblem, type CsvRow, csvRows} from '../../../cli/suppress/csv/csv-rows.ts';
import {guarded, unguarded} from '../../../cli/suppress/csv/formula-guard.ts';
import {entryIn, readingOf} from '../../../cli/suppress/csv/list-form.ts';
import {parseTime} from '../../../cli/suppress/moment.ts';
import {at} from '../../samples/messages.ts';

const nowMs = at('2030-01-01 12:00:00');

/** Rows of a text that comes in pieces of so many octets. */
async function rowsOf(text: string | Uint8Array, pieces = 7) {
  const octets = Buffer.from(text as string);
  async function* chunks() {
    for (let start = 0; start < octets.length; start += pieces) yield octets.subarray(start, start + pieces);
  }
  const rows: (CsvRow | CsvProblem)[] = [];
  for await (const row of csvRows(chunks())) rows.push(row);
  return rows;
}

/** Each row as an entry, or as its line with what is wrong with it. */
async function entriesOf(text: string) {
  const [first, ...others] = await rowsOf(text, 1000);
  const reading = 'fields' in first! ? readingOf(first.fields) : undefined;
  if (reading === undefined) return undefined;
  const rows = reading.hasHeader ? others : [first!, ...others];
  const entries = rows.map(row => {
    const parsed =
      'fields' in row ? entryIn(row.fields, reading, nowMs) : {ok: false as const, problem: row.problem};
    return parsed.ok ? parsed.value : `${row.line}: ${parsed.problem}`;
  });
  return {form: reading.form.name, entries};
}

const entry = (who: string, more: object) => ({who, reason: '', timeMs: nowMs, count: 0, ...more});

describe('rows', () => {
  test('have their lines, whatever the ends of lines are and where the text is cut', async () => {
    const text = '\ufeffa,b\r\n\r\n"c, d","e\r\nf ""g"""\nlast,ü';
    for (const pieces of [1, 2, 3, 100]) {
      expect(await rowsOf(text, pieces)).toEqual([
        {line: 1, fields: ['a', 'b']},
        {line: 3, fields: ['c, d', 'e\nf "g"']},
        {line: 5, fields: ['last', 'ü']},
      ]);
    }
  });

  test.each([';', '\t'])('may be parted by %j, as the first line says', async delimiter => {
    const text = `email${delimiter}reason\na@b.example${delimiter}no, never\n`;
    expect(await rowsOf(text)).toEqual([
      {line: 1, fields: ['email', 'reason']},
      {line: 2, fields: ['a@b.example', 'no, never']},
    ]);
  });

  test('that are wrong take no others along', async () => {
    const problem = 'has a quote that is out of place, or never closed';
    const text = 'a,b\nx@"y,z\nc,"never closed\nd,e\n"f"g,h\ni,"two\nlines"\nj,k\n"l,m';
    const rows = await rowsOf(text);
    expect(rows).toEqual([
      {line: 1, fields: ['a', 'b']},
      {line: 2, problem},
      {line: 3, problem},
      {line: 4, fields: ['d', 'e']},
      {line: 5, problem},
      {line: 6, fields: ['i', 'two\nlines']},
      {line: 8, fields: ['j', 'k']},
      {line: 9, problem},
    ]);
  });

  test('of a quote that is never closed cost twenty lines of memory, and one row', async () => {
    const text = `a,b\n"open,x\n${'c,d\n'.repeat(1000)}`;
    const rows = await rowsOf(text, 1000);
    expect(rows.filter(row => 'problem' in row)).toEqual([expect.objectContaining({line: 2})]);
    expect(rows).toHaveLength(1002);
  });

  test('that are too long are told, and passed over', async () => {
    const rows = await rowsOf(`a,b\n${'x'.repeat(200_000)},y\nc,d\n`, 5000);
    expect(rows).toEqual([
      {line: 1, fields: ['a', 'b']},
      {line: 2, problem: 'is too long to be a row'},
      {line: 3, fields: ['c', 'd']},
    ]);
  });

  test('are not read from UTF-16', async () => {
    await expect(rowsOf(Buffer.from('\ufeffa,b', 'utf16le'))).rejects.toThrow('UTF-16');
  });
});

describe('a list as it was downloaded from', () => {
  test('SES, as its API and its console name the columns', async () => {
    const text =
      'EmailAddress,Reason,LastUpdateTime\nJo@Example.org,BOUNCE,2026-01-05T09:30:00.123000+01:00\nbo@example.org,COMPLAINT,\n';
    expect(await entriesOf(text)).toEqual({
      form: 'ses',
      entries: [
        entry('jo@example.org', {reason: 'BOUNCE', source: 'ses', timeMs: at('2026-01-05 08:30:00') + 123}),
        entry('bo@example.org', {reason: 'COMPLAINT', source: 'ses'}),
      ],
    });
    expect(
      await entriesOf(
        '"Email address","Suppression reason","Last updated"\njo@example.org,Bounce,2026-01-05\n',
      ),
    ).toMatchObject({
      form: 'ses',
      entries: [{reason: 'Bounce', timeMs: at('2026-01-05 00:00:00')}],
    });
  });

  test('SES, as it takes them in bulk: without a header', async () => {
    expect(await entriesOf('jo@example.org,BOUNCE\nbo@example.org, COMPLAINT\n')).toEqual({
      form: 'ses',
      entries: [
        entry('jo@example.org', {reason: 'BOUNCE', source: 'ses'}),
        entry('bo@example.org', {reason: 'COMPLAINT', source: 'ses'}),
      ],
    });
  });

  test('Postmark', async () => {
    const text =
      'EmailAddress,SuppressionReason,Origin,CreatedAt\njo@example.org,HardBounce,Recipient,2019-12-17T08:58:33-05:00\nbo@example.org,ManualSuppression,Customer,2019-12-17T08:58:33-05:00\n';
    const timeMs = at('2019-12-17 13:58:33');
    expect(await entriesOf(text)).toEqual({
      form: 'postmark',
      entries: [
        entry('jo@example.org', {reason: 'HardBounce (Recipient)', source: 'postmark', timeMs}),
        entry('bo@example.org', {reason: 'ManualSuppression (Customer)', source: 'postmark', timeMs}),
      ],
    });
  });

  test('SendGrid: bounces, spam reports, unsubscribes', async () => {
    const timeMs = at('2018-01-12 17:11:09');
    const bounces = `status,reason,email,created\n5.1.1,"550 5.1.1 The email account, that you tried to reach, does not exist",jo@example.org,1515777069\n,"550 No such user",bo@example.org,1515777069\n`;
    expect(await entriesOf(bounces)).toEqual({
      form: 'sendgrid',
      entries: [
        entry('jo@example.org', {
          reason: 'The email account, that you tried to reach, does not exist',
          status: '5.1.1',
          code: 550,
          source: 'sendgrid',
          timeMs,
        }),
        entry('bo@example.org', {reason: 'No such user', code: 550, source: 'sendgrid', timeMs}),
      ],
    });
    expect(await entriesOf('ip,email,created\n192.0.2.1,jo@example.org,1515777069\n')).toMatchObject({
      form: 'sendgrid',
    });
    expect(await entriesOf('email,created\njo@example.org,1515777069\n')).toMatchObject({
      form: 'sendgrid',
      entries: [{who: 'jo@example.org', reason: '', timeMs}],
    });
  });

  test('MailerQ: addresses and domains', async () => {
    const text =
      'type;value;code;extended;description\naddress;jo@example.org;550;5.1.1;no such user\ndomain;bücher.example;;;is no more\naddress;example.org;550;;wrong\n';
    expect(await entriesOf(text)).toEqual({
      form: 'mailerq',
      entries: [
        entry('jo@example.org', {code: 550, status: '5.1.1', reason: 'no such user', source: 'mailerq'}),
        entry('xn--bcher-kva.example', {reason: 'is no more', source: 'mailerq'}),
        '4: "example.org" is not of the type "address"',
      ],
    });
  });

  test('anywhere else, as addresses alone', async () => {
    const entries = [entry('jo@example.org', {source: 'import'})];
    expect(await entriesOf('Email\njo@example.org\n')).toEqual({form: 'addresses', entries});
    expect(await entriesOf('jo@example.org\n')).toEqual({form: 'addresses', entries});
  });

  test('nowhere that is known', async () => {
    expect(await entriesOf('name,telephone\nJo,1\n')).toBeUndefined();
    expect(await entriesOf('<html>\n')).toBeUndefined();
  });
});

test('a bad row says what is wrong with it', async () => {
  const text =
    'EmailAddress,Reason,LastUpdateTime\n,BOUNCE,\nno address,BOUNCE,\nexample.org,BOUNCE,\njo@example.org,BOUNCE,01/02/2026\n\u00ff\u00fe@,BOUNCE\njo@exa\ufffdmple.org,BOUNCE\n';
  expect((await entriesOf(text))?.entries).toEqual([
    '2: has no address',
    expect.stringMatching(/^3: "no address" must be an address/),
    '4: "example.org" is a domain, where an address belongs',
    '5: "01/02/2026" is no time',
    expect.stringMatching(/^6: .* must be an address/),
    expect.stringMatching(/^7: .* has a domain that is not a host name/),
  ]);
});

test.each([
  ['2026-01-31 12:34:56', '2026-01-31 12:34:56'],
  ['2026-01-31 12:34:56Z', '2026-01-31 12:34:56'],
  ['2026-01-31T12:34:56+02:00', '2026-01-31 10:34:56'],
  ['2026-01-31T12:34:56+0200', '2026-01-31 10:34:56'],
  ['2026-01-31 12:34 UTC', '2026-01-31 12:34:00'],
  ['2026-01-31', '2026-01-31 00:00:00'],
  ['1769862896', '2026-01-31 12:34:56'],
])('%s is a time', (text, utc) => {
  expect(parseTime(text)).toBe(at(utc));
});

test.each([
  '',
  'yesterday',
  '31.01.2026',
  '1/2/2026',
  '2026-13-01',
  '2026-02-30',
  '99',
  '2026-01-31T25:00:00Z',
])('%j is none', text => {
  expect(parseTime(text)).toBeUndefined();
});

test('a field that a spreadsheet would take for a formula is a text there, and comes back as it was', () => {
  for (const field of ['=1+1', "'=1", '-x@example.org', '+1', '@a', "''=", 'plain', "o'neill@example.org"]) {
    expect(guarded(field)).not.toMatch(/^[=+\-@]/);
    expect(unguarded(guarded(field))).toBe(field);
  }
  expect(guarded("o'neill@example.org")).toBe("o'neill@example.org");
});
