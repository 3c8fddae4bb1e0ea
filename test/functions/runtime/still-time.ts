// Time that passes only while a server keeps silent: everything else takes none, on however slow a machine, and the wait
// is over at once.

import {vi} from 'vitest';

const turn = () => new Promise<void>(resolve => setImmediate(resolve));

/**
 * @param begin starts what is to wait in vain, by a clock that stands still
 * @param isSilent whether the server is where it says nothing more
 */
export async function inStillTime<T>(begin: () => Promise<T>, isSilent: () => boolean): Promise<T> {
  vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout', 'Date']});
  try {
    let isOver = false;
    const outcome = begin().finally(() => {
      isOver = true;
    });
    while (!isOver) {
      if (isSilent()) vi.advanceTimersByTime(50);
      await turn();
    }
    return await outcome;
  } finally {
    vi.useRealTimers();
  }
}
