import {describe, expect, it} from 'vitest';
import {Progress} from '../../cli/terminal/progress.ts';

function progressOf(total: number, isTTY: boolean) {
  let written = '';
  let nowMs = 0;
  const progress = new Progress({isTTY, write: text => (written += text)}, total, () => nowMs);
  return {
    progress,
    later(ms: number, count: number) {
      nowMs += ms;
      progress.update('sent', count);
    },
    written: () => written,
  };
}

describe('progress', () => {
  it('is one line that rewrites itself on a terminal, and goes away', () => {
    const {progress, later, written} = progressOf(1000, true);
    later(50, 10);
    later(50, 20);
    later(99, 30);
    later(1, 40);
    progress.clear();
    progress.clear();
    expect(written()).toBe('\r\x1b[K20 of 1000 sent\r\x1b[K40 of 1000 sent\r\x1b[K');
  });

  it('is a line now and then elsewhere', () => {
    const {progress, later, written} = progressOf(1000, false);
    later(4999, 10);
    later(1, 20);
    later(100, 30);
    later(4900, 40);
    progress.clear();
    expect(written()).toBe('20 of 1000 sent\n40 of 1000 sent\n');
  });

  it('of a few is not worth a word', () => {
    const {later, written} = progressOf(49, true);
    later(60_000, 10);
    expect(written()).toBe('');
  });
});
