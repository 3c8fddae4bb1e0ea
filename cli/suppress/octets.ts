// The octets of a file, or of stdin, as they come.

import {createReadStream} from 'node:fs';
import {UsageError} from '../command/problems.ts';

/** @param path `-` is stdin. @throws UsageError where there is no such file */
export async function* octetsIn(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const stream = path === '-' ? process.stdin : createReadStream(path, {signal});
  try {
    for await (const chunk of stream) {
      signal.throwIfAborted();
      yield chunk as Uint8Array;
    }
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    const reason = {ENOENT: 'no such file', EISDIR: 'is a folder', EACCES: 'permission denied'}[code ?? ''];
    throw reason === undefined ? error : new UsageError(`${path}: ${reason}`);
  }
}
