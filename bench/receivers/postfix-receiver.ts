// A real Postfix as the receiver. It queues each message on the disk before it answers, and then discards it. What it has
// taken is counted in its log.

import {open} from 'node:fs/promises';
import {join} from 'node:path';
import type {Reaper} from '../../local/lambda/reaper.ts';
import {PostfixInstance} from '../peers/postfix-instance.ts';
import type {Receiver, Transfer} from './receiver.ts';

const settings = [
  'default_transport = discard',
  'relay_transport = discard',
  // Connections are idle while others are measured.
  'smtpd_timeout = 3600s',
];

/** @param directory an empty one, which the reaper removes */
export async function startPostfixReceiver(
  directory: string,
  transfer: Transfer,
  reaper: Reaper,
): Promise<Receiver> {
  const withoutChunking = 'smtpd_discard_ehlo_keywords = chunking, silent-discard';
  const postfix = await PostfixInstance.start(
    directory,
    transfer === 'chunking' ? settings : [...settings, withoutChunking],
    reaper,
  );
  const log = await open(join(directory, 'mail.log'));
  const buffer = Buffer.alloc(1 << 20);
  let read = 0;
  let rest = '';
  let messages = 0;
  let counting: Promise<number> = Promise.resolve(0);
  const count = async (): Promise<number> => {
    for (;;) {
      const {bytesRead} = await log.read(buffer, 0, buffer.length, read);
      if (bytesRead === 0) return messages;
      read += bytesRead;
      const lines = (rest + buffer.toString('latin1', 0, bytesRead)).split('\n');
      rest = lines.pop()!;
      messages += lines.filter(line => line.includes('/discard[') && line.includes('status=sent')).length;
    }
  };
  return {
    name: 'Postfix',
    port: postfix.port,
    count: () => {
      counting = counting.then(count);
      return counting;
    },
    async close() {
      postfix.stop();
      await counting;
      await log.close();
    },
  };
}
