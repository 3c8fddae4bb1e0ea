// `relayq dead-letters show`: the whole of a message, without its secrets; or its octets, into a file.

import {maskedText, withoutSecrets} from '../../shared/message/secrets.ts';
import type {Act} from '../command/command.ts';
import {countOf, printable, shortened} from '../terminal/printable.ts';
import {PrivateFile} from '../terminal/private-file.ts';
import {factsOf, jsonObjectOf, type Letter} from './letter.ts';
import {chosenQueues} from './letter-queues.ts';
import {withLetter} from './one-letter.ts';

export interface ShowOptions {
  readonly queue?: string;
  readonly output?: string;
}

export const show: Act<[string, ShowOptions]> = async (context, id, {queue, output}) => {
  const letter = await withLetter(context, chosenQueues(context.stage, queue), id, async found => found);
  const {terminal, json} = context;
  if (output !== undefined) {
    const file = await PrivateFile.create(output);
    await file.write(letter.body).finally(() => file.close());
    terminal.tell(
      `${output}: ${countOf(Buffer.byteLength(letter.body), 'octet')}, secrets included; only you can read it`,
    );
  } else if (json) terminal.say(JSON.stringify({version: 1, ...documentOf(letter)}));
  else for (const line of linesOf(letter)) terminal.say(line);
  return 0;
};

/** All of it, without its secrets. */
export function documentOf(letter: Letter) {
  const object = jsonObjectOf(letter.body);
  return {
    ...factsOf(letter),
    ...(letter.message.Attributes?.MessageGroupId !== undefined && {
      group: letter.message.Attributes.MessageGroupId,
    }),
    body: object === undefined ? maskedText(letter.body) : withoutSecrets(object),
  };
}

/** A person reads no more. */
const mostLines = 1000;
const longestLine = 4000;

function linesOf(letter: Letter): string[] {
  const lines = JSON.stringify(documentOf(letter), undefined, 2).split('\n');
  const shown = lines.slice(0, mostLines).map(line => shortened(printable(line), longestLine));
  const left = lines.length - shown.length;
  const cut = left > 0 || lines.some(line => line.length > longestLine);
  return cut ? [...shown, '… not all of it: --json shows the rest, and --output FILE the octets'] : shown;
}
