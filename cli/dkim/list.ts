// `relayq dkim list`: the keys of all domains.

import type {Act} from '../command/command.ts';
import {countOf, printable} from '../terminal/printable.ts';
import {timeText} from '../terminal/time.ts';
import {KeyStore} from './key-store.ts';
import {storedKeyDocument, storedKeyText} from './key-text.ts';

interface ListOptions {
  readonly limit: number;
}

const title = ['DOMAIN', 'SELECTOR', 'STATE', 'TYPE', 'SINCE', 'VERSION'] as const;

export const list: Act<[ListOptions]> = async ({clients, stage, terminal, json, local}, {limit}) => {
  // One more tells whether there are more.
  const found = await new KeyStore(clients.ssm, stage).some(limit + 1);
  const keys = found.slice(0, limit);
  const isAll = found.length === keys.length;
  if (json) {
    const shown = keys.map(storedKeyDocument);
    terminal.say(JSON.stringify({version: 1, stage, keys: shown, complete: isAll}));
  } else {
    const rows = keys.map(key => [
      printable(key.domain),
      printable(key.selector),
      key.state,
      storedKeyText(key),
      timeText(key.sinceMs, local),
      String(key.version),
    ]);
    const widths = title.map((text, at) => Math.max(text.length, ...rows.map(row => row[at]!.length)));
    for (const cells of rows.length > 0 ? [title, ...rows] : [])
      terminal.say(
        cells
          .map((cell, at) => cell.padEnd(widths[at]!))
          .join('  ')
          .trimEnd(),
      );
  }
  if (keys.length === 0) terminal.tell('there are no keys: relayq dkim create DOMAIN makes one');
  if (!isAll) terminal.tell(`there are more than ${countOf(limit, 'key')}: see --limit, or relayq dkim show`);
  return keys.every(({privateKey}) => privateKey.ok) ? 0 : 1;
};
