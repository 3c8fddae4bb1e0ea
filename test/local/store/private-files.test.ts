// Only the user can read what the local cloud keeps on disk, whatever the umask is and whoever made the directory.

import {chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {startSink} from '../../../local/sink/sink.ts';
import {mailDirectoryOf, openStore} from '../../../local/store/store.ts';
import {SmtpClient} from '../../servers/smtp-client.ts';

let parent: string;
let directory: string;
const umask = process.umask();
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'relayq-private-'));
  directory = join(parent, 'data');
});
afterEach(async () => {
  process.umask(umask);
  await rm(parent, {recursive: true});
});

const modeOf = async (path: string) => ((await stat(path)).mode & 0o7777).toString(8);

/** The modes of a directory and of everything in it. */
async function modesIn(path: string): Promise<Record<string, string>> {
  const names = ['', ...(await readdir(path, {recursive: true}))];
  return Object.fromEntries(
    await Promise.all(names.map(async name => [name, await modeOf(join(path, name))])),
  );
}

/** What `npm start --data` does in its directory. */
async function use(): Promise<Record<string, string>> {
  const store = openStore(directory);
  const sink = await startSink({port: 0, directory: mailDirectoryOf(directory)});
  store.put('c', 'k', 'a password');
  await Promise.resolve();
  const client = await SmtpClient.connect(sink.port);
  await client.reply();
  await client.send('Subject: x\r\n\r\nx\r\n');
  client.end();
  // Among them is what SQLite has next to its file while it is open.
  const modes = await modesIn(directory);
  store.close();
  await sink.close();
  return modes;
}

const asTheyShould = {
  '': '700',
  mail: '700',
  'mail/000001.eml': '600',
  'mail/index.jsonl': '600',
  'relayq.sqlite': '600',
  'relayq.sqlite-wal': '600',
};

describe('a data directory', () => {
  it.each([0o000, 0o002, 0o022, 0o077])('is the user’s alone, under the umask %o', async mask => {
    process.umask(mask);
    expect(await use()).toEqual(asTheyShould);
    expect(await use()).toEqual({...asTheyShould, 'mail/000002.eml': '600'});
  });

  it('is the user’s alone if it was there before, empty', async () => {
    await mkdir(directory);
    await chmod(directory, 0o777);
    expect(await use()).toEqual(asTheyShould);
  });

  it.each([0o644, 0o666, 0o664])(
    'becomes so if a version before has made it, with files of mode %o',
    async mode => {
      await use();
      const database = new DatabaseSync(join(directory, 'relayq.sqlite'));
      database.exec('PRAGMA user_version = 0');
      database.close();
      for (const name of ['relayq.sqlite', 'mail/000001.eml', 'mail/index.jsonl'])
        await chmod(join(directory, name), mode);
      for (const name of ['', 'mail']) await chmod(join(directory, name), 0o755);
      expect(await use()).toEqual({...asTheyShould, 'mail/000002.eml': '600'});
    },
  );

  it('keeps its mode if it holds other things, but our files in it are private', async () => {
    await mkdir(directory);
    await writeFile(join(directory, 'notes.txt'), 'not ours');
    await chmod(directory, 0o755);
    await chmod(join(directory, 'notes.txt'), 0o644);
    expect(await use()).toEqual({...asTheyShould, '': '755', 'notes.txt': '644'});
  });
});

describe('a data directory that cannot be used is reported in one line', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['a file', () => writeFile(directory, ''), /data is not a directory$/],
    [
      'something else',
      async () => {
        await mkdir(directory);
        await writeFile(join(directory, 'relayq.sqlite'), 'hello');
      },
      /data holds something other than the local cloud's state: file is not a database$/,
    ],
    [
      'one of a later version',
      () => {
        openStore(directory).close();
        const database = new DatabaseSync(join(directory, 'relayq.sqlite'));
        database.exec('PRAGMA user_version = 99');
        database.close();
      },
      /data was written by a later version of relayq: run that, or choose another directory$/,
    ],
  ])('%s', async (_, make, problem) => {
    await make();
    expect(() => openStore(directory)).toThrow(problem);
  });

  it('below a file', async () => {
    await writeFile(directory, '');
    expect(() => openStore(join(directory, 'below'))).toThrow(/below is not a directory$/);
  });

  it('in use', () => {
    const store = openStore(directory);
    expect(() => openStore(directory)).toThrow(
      /data is in use by another local cloud \(database is locked\): stop that one, or choose another directory$/,
    );
    store.close();
  });
});
