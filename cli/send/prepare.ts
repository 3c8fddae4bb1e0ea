// The messages of files, read and checked. Every problem of all of them is known before one is sent.

import type {Message} from '../../shared/message/message.ts';
import type {EmlOptions} from '../../submission/eml.ts';
import type {Outgoing} from '../../submission/enqueue.ts';
import {withResultsTo} from './await-results.ts';
import {checkMessage} from './check-message.ts';
import {FileProblem, messageBodyOf, parseMessageFile} from './message-files.ts';
import {filesOf, octetsOfFile} from './source-files.ts';

export interface Prepared {
  /** By the ids that their results carry. */
  readonly messages: ReadonlyMap<string, {readonly outgoing: Outgoing; readonly message: Message}>;
  readonly problems: readonly string[];
}

export interface PrepareOptions {
  readonly eml: EmlOptions;
  /** Where results are to go; undefined leaves that to the messages. */
  readonly resultsQueue: string | undefined;
  readonly nowMs: number;
}

export async function prepare(
  paths: readonly string[],
  {eml, resultsQueue, nowMs}: PrepareOptions,
): Promise<Prepared> {
  const problems: string[] = [];
  const messages = new Map<string, {outgoing: Outgoing; message: Message}>();
  const noting = async <T>(act: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof FileProblem)) throw error;
      problems.push(error.message);
      return undefined;
    }
  };
  let count = 0;
  for (const path of paths) {
    for (const file of (await noting(() => filesOf(path))) ?? []) {
      const found = await noting(async () => parseMessageFile(file, await octetsOfFile(file), eml));
      for (const each of found ?? []) {
        count += 1;
        const sendId = `${resultsQueue?.slice(-8) ?? ''}-${count}`;
        const body = await noting(() =>
          messageBodyOf(resultsQueue === undefined ? each : withResultsTo(resultsQueue, sendId, each)),
        );
        if (body === undefined) continue;
        const checked = await checkMessage({source: each.source, body}, nowMs);
        if (checked.ok) messages.set(sendId, checked);
        else problems.push(...checked.problems);
      }
    }
  }
  return {messages, problems};
}
