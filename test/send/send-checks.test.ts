import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {
  directory,
  everythingIn,
  file,
  message,
  outbox,
  outboxName,
  prepareForSend,
  queueNames,
  send,
} from './send-under-test.ts';

prepareForSend();

describe('npm run send checks before it sends', () => {
  const bad = message('no address');
  it.each<[string, object[], RegExp]>([
    [
      'a recipient',
      [message('a@example.org'), bad],
      /^relayq: stdin, message 2: recipient must be an address/,
    ],
    [
      'a smarthost',
      [message('a@example.org', {smarthost: {hostname: 'a b'}})],
      /: smarthost\.hostname must be a/,
    ],
    ['a time', [message('a@example.org', {maxdelivertime: 'soon'})], /: maxdelivertime must be a UTC time/],
    [
      'a time that is over',
      [message('a@example.org', {maxdelivertime: '2020-01-01 00:00:00'})],
      /: maxdelivertime: no time left/,
    ],
    [
      'a header field',
      [message('a@example.org', {mime: 'x-mq-maxattempts: 0\r\n\r\nx'})],
      /: maxattempts must be/,
    ],
    ['what is not supported', [message('a@example.org', {data: {}})], /: data is not supported yet/],
    [
      'a text that cannot be made',
      [message('a@example.org', {mime: {attachments: [{path: '/etc/passwd'}]}})],
      /: mime cannot be made into a message: File access rejected/,
    ],
    [
      'a field that a composed text brings',
      [message('a@example.org', {mime: {text: 'x', headers: {'x-mq-retries': 'soon'}}})],
      /: retries must be a list/,
    ],
    [
      'the depth',
      [JSON.parse(`{"recipient":"a@example.org","mime":"x","a":${'['.repeat(500)}${']'.repeat(500)}}`)],
      /: it is nested more than 100 deep/,
    ],
    ['the size', [message('a@example.org', {mime: 'x'.repeat(1_032_150)})], /takes up 1,032,\d\d\d octets/],
    [
      'the size of a composed text',
      [message('a@example.org', {mime: {text: 'x'.repeat(1_031_000)}})],
      /takes up 1\d{6} octets; at most 1032192/,
    ],
  ])('%s', async (_, input, problem) => {
    const {code, stdout, stderr} = await send(['-'], JSON.stringify(input));
    expect({code, stdout}).toEqual({code: 2, stdout: ''});
    expect(stderr).toMatch(problem);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(await everythingIn(outbox)).toEqual([]);
  });

  it('and tells all problems of all files, each with its place', async () => {
    const list = await file(
      'wrong.json',
      JSON.stringify([bad, message('a@example.org', {maxattempts: 0, retries: 'x'})]),
    );
    const broken = await file('broken.json', '{');
    const {code, stderr} = await send([list, broken, 'no-such-file', 'examples/hello.json']);
    expect(code).toBe(2);
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .map(line => line.replace(/ (must|is) .*/, '')),
    ).toEqual([
      `relayq: ${list}, message 1: recipient`,
      `relayq: ${list}, message 2: maxattempts`,
      `relayq: ${list}, message 2: retries`,
      `relayq: ${broken}:`,
      'relayq: no-such-file: no such file',
    ]);
    expect(await everythingIn(outbox)).toEqual([]);
  });

  it('with --wait too, before it makes a queue', async () => {
    const {code} = await send(['--wait', '-'], JSON.stringify(bad));
    expect(code).toBe(2);
    expect(await queueNames()).toEqual([outboxName]);
  });

  it('but not what only the settings of the stage say', async () => {
    const later = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 19).replace('T', ' ');
    const {code} = await send(['-'], JSON.stringify(message('a@example.org', {nextattempt: {time: later}})));
    expect(code).toBe(0);
  });

  it('takes folders, at any depth, in the order of the names and without what is hidden', async () => {
    const folder = join(directory, 'folder');
    await mkdir(join(folder, 'b', 'c'), {recursive: true});
    await mkdir(join(folder, '.git'));
    await mkdir(join(folder, 'x.json'));
    const put = (name: string) =>
      writeFile(
        join(folder, name),
        JSON.stringify(message(`${name.replaceAll(/\W/g, '-').replace(/^-/, 'h')}@example.org`)),
      );
    for (const name of [
      'd.json',
      'a.JSON',
      'b/c/1.json',
      'b/2.jsonl',
      '.hidden.json',
      '.git/3.json',
      'README.md',
      'x.json/y.json',
    ])
      await put(name);
    await writeFile(join(folder, 'b', 'mail.eml'), 'From: me@example.com\nTo: eml@example.org\n\nx\n');
    const {code, stdout} = await send(['--dry-run', folder, 'examples/hello.json']);
    expect(code).toBe(0);
    expect(stdout.match(/(?<=→ )[^@]+/g)).toEqual([
      'a-JSON',
      'b-2-jsonl',
      'b-c-1-json',
      'eml',
      'd-json',
      'x-json-y-json',
      'jo.doe',
    ]);
  });

  it('--dry-run sends nothing, and needs no AWS', async () => {
    const mime = 'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\x1b[2J: x\r\n\r\nx';
    const smarthost = {hostname: 'smtp.example.net', username: 'u', password: 'hunter2'};
    const input = [
      message('a@example.org', {mime, smarthost}),
      message('b@example.org', {envelope: '<>', mime: {subject: 'made', text: 'x'}}),
    ];
    const {code, stdout, stderr} = await send(['--dry-run', '--stage', 'prod', '-'], JSON.stringify(input), {
      RELAYQ_PORT: '1',
    });
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(
        /^jo@example\.com → a@example\.org {2}"Grüße" {2}[\d,]+ octets {2}by smtp\.example\.net {2}\(stdin, message 1\)$/,
      ),
      expect.stringMatching(/^<> → b@example\.org {2}"made" {2}[\d,]+ octets {2}\(stdin, message 2\)$/),
      '2 messages checked, none sent',
      '',
    ]);
    expect(stdout).not.toContain('hunter2');
    const wrong = await send(['--dry-run', '-'], JSON.stringify(bad));
    expect(wrong).toMatchObject({code: 2, stdout: ''});
    expect(await everythingIn(outbox)).toEqual([]);
  });
});
