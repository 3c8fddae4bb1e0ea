// `relayq suppress export`: the list as CSV, which import takes back; as JSON with --json.

import {createWriteStream} from 'node:fs';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import type {SuppressionEntry} from '../../shared/delivery/suppression/entry.ts';
import type {Act} from '../command/command.ts';
import {countOf} from '../terminal/printable.ts';
import {timeText} from '../terminal/time.ts';
import {guarded} from './csv/formula-guard.ts';
import {type FilterOptions, isMeant} from './entry-filter.ts';
import {entryDocument} from './entry-text.ts';
import {standingOf} from './standing.ts';
import {SuppressionList} from './suppression-list.ts';

const columns = ['who', 'reason', 'source', 'time', 'code', 'status', 'expires', 'count'] as const;

export const exportList: Act<[string, FilterOptions]> = async (context, path, options) => {
  const {terminal, json, stage, signal} = context;
  const list = new SuppressionList(context);
  const standing = json ? await standingOf(context) : undefined;
  let count = 0;
  async function* texts() {
    if (standing === undefined) yield `${columns.join(',')}\r\n`;
    else yield `{"version":1,"stage":${JSON.stringify(stage)},"entries":[\n`;
    for await (const page of list.pages()) {
      const chosen = page.filter(entry => isMeant(entry, options));
      const lines = chosen.map((entry, index) =>
        standing === undefined
          ? rowOf(entry)
          : `${count + index > 0 ? ',' : ''}${JSON.stringify(entryDocument(entry, standing))}\n`,
      );
      count += chosen.length;
      yield lines.join('');
    }
    if (standing !== undefined) yield ']}\n';
  }
  const source = Readable.from(texts());
  // Addresses are nobody else's business.
  if (path === '-') await pipeline(source, process.stdout, {signal, end: false});
  else
    await pipeline(source, createWriteStream(path, {flags: 'wx', mode: 0o600}), {signal}).catch(
      explain(path),
    );
  terminal.tell(`${countOf(count, 'entry', 'entries')} exported${path === '-' ? '' : ` to ${path}`}`);
  return 0;
};

const explain = (path: string) => (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EEXIST') throw error;
  throw new Error(`${path} is there already, and is not overwritten`, {cause: error});
};

function rowOf({who, reason, source, timeMs, code, status, expiresMs, count}: SuppressionEntry): string {
  const time = (ms: number | undefined) => (ms === undefined ? '' : timeText(ms, false));
  const fields = [who, reason, source, time(timeMs), code ?? '', status ?? '', time(expiresMs), count];
  return `${fields.map(field => quotedIfNeeded(guarded(String(field)))).join(',')}\r\n`;
}

const quotedIfNeeded = (field: string): string =>
  /[",;\r\n\t]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
