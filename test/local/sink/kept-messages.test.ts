import {appendFile, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {greeted, start, temporaryDirectory} from './sinks-under-test.ts';

describe('a sink with a directory', () => {
  it('finds its messages again after a restart, and continues to count', async () => {
    const directory = await temporaryDirectory();
    const first = await start({directory: join(directory, 'mail')});
    await (await greeted(first)).send(Buffer.from([0x41, 0xff, 0x0d, 0x0a]));
    await first.close();
    const [before] = first.messages;

    const second = await start({directory: join(directory, 'mail')});
    expect(second.messages).toEqual([before]);
    await (await greeted(second)).send('2\r\n');
    expect(second.messages.at(-1)?.number).toBe(2);
    expect((await readdir(join(directory, 'mail'))).toSorted()).toEqual([
      '000001.eml',
      '000002.eml',
      'index.jsonl',
    ]);
    expect(await readFile(join(directory, 'mail', '000002.eml'), 'utf8')).toBe('2\r\n');
  });

  it('copes with what a killed process leaves behind, and with deleted files', async () => {
    const directory = await temporaryDirectory();
    const first = await start({directory});
    const client = await greeted(first);
    await client.send('1\r\n');
    await client.sendAgain('2\r\n');
    await first.close();
    await rm(join(directory, '000001.eml'));
    await writeFile(join(directory, '000007.eml'), 'no line in the index');
    await appendFile(join(directory, 'index.jsonl'), '{"number":7,"rece');

    const second = await start({directory});
    expect(second.messages.map(({number}) => number)).toEqual([2]);
    await (await greeted(second)).send('8\r\n');
    await second.close();
    const third = await start({directory});
    expect(third.messages.map(({number}) => number)).toEqual([2, 8]);
  });

  it('refuses a message that it cannot write', async () => {
    const directory = await temporaryDirectory();
    const sink = await start({directory: join(directory, 'mail')});
    await rm(join(directory, 'mail'), {recursive: true});
    expect(await (await greeted(sink)).send('1\r\n')).toMatch(/^451 cannot keep it: ENOENT/);
    expect(sink.messages).toEqual([]);
  });
});
