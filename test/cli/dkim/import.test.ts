import {execFileSync} from 'node:child_process';
import {generateKeyPairSync, type KeyObject} from 'node:crypto';
import {existsSync} from 'node:fs';
import {chmod, mkdir, readFile, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {DkimUnderTest, pemOf, rsaOf} from './dkim-under-test.ts';

const [one, two, short] = [rsaOf(2048), rsaOf(2048), rsaOf(1024)];
const {privateKey: ed25519} = generateKeyPairSync('ed25519');
const base64Of = (key: KeyObject) => key.export({type: 'pkcs1', format: 'der'}).toString('base64');

let dkim: DkimUnderTest;
beforeEach(async () => {
  dkim = await DkimUnderTest.start();
});
afterEach(() => dkim.stop());

/** Files that nobody else can read, below the directory where `relayq` runs. */
async function files(texts: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(texts)) {
    const path = join(dkim.relayq.directory, name);
    await mkdir(dirname(path), {recursive: true});
    await writeFile(path, text, {mode: 0o600});
  }
}

const importing = (...args: readonly string[]) => dkim.run(['import', ...args]);
const keyAt = (name: string) =>
  dkim.keys().find(({domain, selector}) => `${domain}/${selector}` === name)?.privateKey;

describe('a key comes', () => {
  test.each([
    ['PEM of PKCS#1', pemOf(one, 'pkcs1')],
    ['base64 without header lines', base64Of(one)],
  ])('from stdin, as %s, and is stored as PKCS#8', async (_, text) => {
    const run = await dkim.run(['import', '-', '--domain', 'Example.org', '--selector', 'a'], text);
    expect(run).toMatchObject({code: 0, stdout: 'a of example.org is imported from stdin\n'});
    expect(run.stderr).toContain('relayq dkim check');
    expect(dkim.ssm.get('/relayq-dkim/local/example.org/a')).toBe(pemOf(one));
  });

  test.each<[string, string, readonly string[], string]>([
    [
      'with its domain in its name, as rspamd has it',
      'example.org.key',
      ['--selector', 'dkim'],
      'example.org/dkim',
    ],
    ['with both in its name', 'example.org.dkim.key', ['--selector', 'dkim'], 'example.org/dkim'],
    ['with a pattern', 'mail.example.org.s1.key', ['--names', 'DOMAIN.SELECTOR.key'], 'mail.example.org/s1'],
    [
      'with another pattern',
      'keys/s1_example.org.pem',
      ['--names', 'keys/SELECTOR_DOMAIN.pem'],
      'example.org/s1',
    ],
    ['as opendkim-genkey writes it', 'keys/example.org/mail.private', [], 'example.org/mail'],
    ['whose domain is typed', 'mail.private', ['--domain', 'example.org'], 'example.org/mail'],
  ])('from a file %s', async (_, file, args, name) => {
    await files({[file]: pemOf(one)});
    expect((await importing(file, ...args)).code).toBe(0);
    expect(dkim.names()).toEqual([`active/${name}`]);
  });

  test('a name that may be read in two ways is not guessed at', async () => {
    await files({'mail.example.org.key': pemOf(one)});
    const {code, stderr} = await importing('mail.example.org.key');
    expect(stderr).toContain(
      'mail.example.org.key does not say of which domain it is: name it with --domain',
    );
    expect({code, writes: dkim.writes}).toEqual({code: 1, writes: []});
    expect((await importing('-')).stderr).toContain('stdin does not say of which domain it is');
    expect((await importing('-', '--selector', 'a')).stderr).toContain('does not say of which domain');
  });
});

describe('many keys come', () => {
  test('from a folder of rspamd, beside files that are no keys', async () => {
    await files({
      'dkim/example.org.dkim.key': pemOf(one),
      'dkim/example.net.dkim.key': pemOf(two),
      'dkim/example.net.dkim.txt': 'dkim._domainkey IN TXT ( "v=DKIM1; k=rsa; " )',
      'dkim/.hidden.key': 'x',
    });
    const {code, stdout} = await importing('dkim', '--selector', 'dkim');
    expect({code, lines: stdout.split('\n').length - 1}).toEqual({code: 0, lines: 2});
    expect(dkim.names()).toEqual(['active/example.net/dkim', 'active/example.org/dkim']);
  });

  test('from a KeyTable of OpenDKIM: paths, keys in the table, and domains of the SigningTable', async () => {
    await files({
      'opendkim/KeyTable': [
        '# comment',
        '',
        'mail._domainkey.example.org example.org:mail:./keys/example.org/mail.private',
        `inline\texample.net:2026:${base64Of(two)}`,
        'any %:any:./keys/%/any.private',
      ].join('\n'),
      'opendkim/SigningTable':
        '*@a.example any\nb.example any\n*@*.c.example any\n*@example.org mail._domainkey.example.org\n',
      'opendkim/keys/example.org/mail.private': pemOf(one),
      'opendkim/keys/a.example/any.private': pemOf(one),
      'opendkim/keys/b.example/any.private': pemOf(ed25519),
    });
    const run = await importing('opendkim/KeyTable', '--signing-table', 'opendkim/SigningTable');
    expect(run.stderr).not.toContain('warning');
    expect(run.code).toBe(0);
    expect(dkim.names()).toEqual([
      'active/a.example/any',
      'active/b.example/any',
      'active/example.net/2026',
      'active/example.org/mail',
    ]);
    expect(keyAt('example.net/2026')?.equals(two)).toBe(true);
    expect(keyAt('b.example/any')?.equals(ed25519)).toBe(true);
  });

  test('from JSON with the names of MailerQ: a list, or an object in each line', async () => {
    const keys = [
      {id: 1, domain: 'example.org', selector: 'a', privatekey: pemOf(one)},
      {domain: 'example.net', selector: 'b', key: base64Of(two), headers: null},
    ];
    await files({'keys.json': JSON.stringify(keys, undefined, 2)});
    expect((await importing('keys.json')).code).toBe(0);
    expect(dkim.names()).toEqual(['active/example.net/b', 'active/example.org/a']);
    const lines = keys.map(key => JSON.stringify(key)).join('\n');
    const told = await dkim.told(['import', '-'], lines);
    expect(told).toMatchObject({code: 0, imported: [], problems: []});
    expect(told.there.map(({from}: {from: string}) => from)).toEqual(['stdin:1', 'stdin:2']);
  });
});

const genkey = '/usr/sbin/opendkim-genkey';

test.skipIf(!existsSync(genkey))('what opendkim-genkey writes has the record that it says', async () => {
  const folder = join(dkim.relayq.directory, 'keys/example.org');
  await mkdir(folder, {recursive: true});
  execFileSync(genkey, ['-b', '2048', '-d', 'example.org', '-s', 'mail', '-D', folder]);
  const told = await dkim.told(['import', 'keys']);
  expect(told).toMatchObject({code: 0, warnings: [], imported: [{domain: 'example.org', selector: 'mail'}]});
  const zone = await readFile(join(folder, 'mail.txt'), 'utf8');
  const said = [...zone.matchAll(/"([^"]*)"/g)].map(([, text]) => text).join('');
  const keyIn = (text: string) => /p=([A-Za-z0-9+/=]+)/.exec(text)?.[1];
  expect(keyIn(told.imported[0].record.value)).toBe(keyIn(said));
});

describe('what is wrong', () => {
  const table = [
    'a example.org:a:./a.private',
    'b example.org',
    'c exa!mple:c:./a.private',
    'd example.org:d:./missing.private',
    `e example.org:e:${base64Of(one).slice(40)}`,
    'f %:f:./a.private',
  ].join('\n');

  test('is told with its place, each of it, and nothing is imported', async () => {
    await files({KeyTable: table, 'a.private': pemOf(one)});
    const {code, stdout, stderr} = await importing('KeyTable');
    expect(stderr.trim().split('\n')).toEqual([
      'KeyTable:2 must be NAME DOMAIN:SELECTOR:KEY',
      'KeyTable:3 has a domain that must be a domain such as example.org',
      'KeyTable:4 names the file missing.private, which is not there',
      'KeyTable:6 has % for a domain: name the SigningTable with --signing-table',
      'KeyTable:5 must be a private key in PEM, or its base64 without the header lines',
      'nothing was imported: --keep-going imports what is right',
    ]);
    expect({code, stdout, writes: dkim.writes}).toEqual({code: 1, stdout: '', writes: []});
  });

  test('is left out with --keep-going', async () => {
    await files({KeyTable: table, 'a.private': pemOf(one)});
    const {code} = await importing('KeyTable', '--keep-going');
    expect({code, names: dkim.names()}).toEqual({code: 1, names: ['active/example.org/a']});
  });

  test('in JSON is told, and nothing of the text', async () => {
    const secret = 'hunter2';
    for (const text of [
      `{"domain": "example.org", "selector": "a", "key": "${secret}"`,
      `{"domain": "example.org", "selector": "a", "key": "${secret}"}`,
      `[{"domain": "example.org", "key": "${secret}"}]`,
      `["${secret}"]`,
    ]) {
      const {code, stdout, stderr} = await dkim.run(['import', '-'], text);
      expect(stderr).toMatch(/^stdin/);
      expect(stdout + stderr).not.toContain(secret);
      expect(code).toBe(1);
    }
  });

  test('two keys of one name are refused; the same one twice is one', async () => {
    const lines = [one, one, two].map(key =>
      JSON.stringify({domain: 'a.example', selector: 'a', key: pemOf(key)}),
    );
    expect((await dkim.run(['import', '-'], lines.slice(0, 2).join('\n'))).code).toBe(0);
    const {code, stderr} = await dkim.run(['import', '-'], lines.join('\n'));
    expect(stderr).toContain('stdin:3 is another key a of a.example than that of stdin:1');
    expect(code).toBe(1);
  });

  test.each<[string, readonly string[], RegExp]>([
    ['a file that is not there', ['missing.key'], /missing\.key is not there/],
    ['a folder without keys', ['.'], /is a folder without a file whose name ends in/],
    ['an odd pattern', ['.', '--names', 'x.key'], /--names wants DOMAIN and SELECTOR/],
  ])('%s', async (_, args, complaint) => {
    const {code, stderr} = await importing(...args);
    expect(stderr).toMatch(complaint);
    expect([1, 2]).toContain(code);
  });
});

describe('a key that is there', () => {
  const name = ['--domain', 'example.org', '--selector', 'a'];
  const text = (key: KeyObject) => pemOf(key);

  test('stays when it is the same, and is refused when it is another one', async () => {
    await dkim.run(['import', '-', ...name], text(one));
    const same = await dkim.run(['import', '-', ...name], text(one));
    expect(same).toMatchObject({code: 0, stdout: 'a of example.org is there already\n'});
    const other = await dkim.run(['import', '-', ...name], text(two));
    expect(other.stderr).toContain('is another key than the a of example.org that is there: --replace');
    expect(other.code).toBe(1);
    expect(keyAt('example.org/a')?.equals(one)).toBe(true);
  });

  test('gives its place to another one with --replace', async () => {
    await dkim.run(['import', '-', ...name], text(one));
    const {code, stdout} = await dkim.run(['import', '-', '--replace', ...name], text(two));
    expect(stdout).toContain('in place of another one');
    expect({code, isNew: keyAt('example.org/a')?.equals(two)}).toEqual({code: 0, isNew: true});
  });

  test('is left alone while it is pending or retired', async () => {
    dkim.put('retired', {domain: 'example.org', selector: 'a', privateKey: one});
    const {code, stderr} = await dkim.run(['import', '-', '--replace', ...name], text(two));
    expect(stderr).toContain('is there as one that is retired: relayq dkim remove example.org a comes first');
    expect({code, writes: dkim.writes}).toEqual({code: 1, writes: []});
  });
});

describe('a warning', () => {
  test('tells of files that others can read, and of short keys', async () => {
    await files({'example.org.key': pemOf(short)});
    await chmod(join(dkim.relayq.directory, 'example.org.key'), 0o644);
    const {code, stderr} = await importing('example.org.key', '--selector', 'a');
    expect(stderr).toContain('warning: example.org.key can be read by others on this machine');
    expect(stderr).toContain('warning: example.org.key is an RSA key of 1024 bits: it should have 2048');
    expect(code).toBe(0);
  });
});

test('what SSM refuses in between is told with how far it came, and goes on when typed again', async () => {
  await files({'k/a.example.key': pemOf(one), 'k/b.example.key': pemOf(two)});
  dkim.writesLeft = 1;
  const {code, stderr} = await importing('k', '--selector', 's');
  expect(stderr).toContain('1 of 2 keys imported: type the same again to go on');
  expect(code).toBe(3);
  dkim.writesLeft = Number.POSITIVE_INFINITY;
  expect((await importing('k', '--selector', 's')).code).toBe(0);
  expect(dkim.names()).toEqual(['active/a.example/s', 'active/b.example/s']);
});

test('many keys take as long as SSM wants, and all arrive', async () => {
  const keys = Array.from({length: 12}, (_, at) => ({
    domain: `${at}.example`,
    selector: 's',
    key: pemOf(ed25519),
  }));
  dkim.throttledWrites = 3;
  const told = await dkim.told(['import', '-'], JSON.stringify(keys));
  expect({code: told.code, count: told.imported.length, names: dkim.names().length}).toEqual({
    code: 0,
    count: 12,
    names: 12,
  });
});
