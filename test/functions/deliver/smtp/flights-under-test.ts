// A lane that sends flights to a server of the test's, however near that is, and what must be true whatever happens.

import {expect} from 'vitest';
import {Connections} from '../../../../functions/deliver/pace/connections.ts';
import {
  type ChunkingScript,
  type ChunkingServer,
  type Spoken,
  startChunkingServer,
} from '../../../servers/chunking-server.ts';
import {beginAll, laneOf, type Mail, options, running, targetOf} from '../lane-under-test.ts';

export const textOf = (name: string): string => `Subject: ${name}\r\n\r\nbody\r\n`;
export const names = (count: number): readonly string[] =>
  Array.from({length: count}, (_, number) => `m${number}`);

export async function serve(script: ChunkingScript = {}): Promise<ChunkingServer> {
  const server = await startChunkingServer(script);
  running.push(server);
  return server;
}

/**
 * A server that says nothing of m6 and those behind it before it has read m9, so that these are in one flight: the window
 * has room for four then.
 */
export async function serveFlight(script: ChunkingScript = {}): Promise<ChunkingServer> {
  const says = (spoken: Spoken) => {
    const said = script.says?.(spoken);
    if (spoken.connection > 1) return said;
    if (spoken.text === textOf('m9') && said !== 'drop') server.release();
    return spoken.text === textOf('m6') ? 'hold:' : said;
  };
  const server = await serve({...script, says});
  return server;
}

export const flying = (messagesPerFlight = 10, withinMs = 300_000) => ({
  ...options({messagesPerFlight}, withinMs),
  leastRoundTripMs: 0,
});

/**
 * Sends them over one lane. No octet of a text may have been read as a command, no message that was taken may have come
 * twice, and none may be taken for sent that has not come.
 */
export async function sendAll(
  server: ChunkingServer,
  mails: readonly (string | Mail)[],
  more = flying(),
  connections = new Connections(Date.now),
): Promise<readonly {readonly ok: boolean}[]> {
  const outcomes = (await beginAll(laneOf(connections), targetOf(server), mails, more)) as {ok: boolean}[];
  expect(server.nonsense).toEqual([]);
  // Exim counts a second RSET after a MAIL as a command that is no mail, and ends the connection after ten.
  if (server.connections() === 1)
    expect(server.commands.join('\n')).not.toMatch(/RSET\n(?:(?!MAIL).*\n)*RSET/);
  const known = mails.flatMap((mail, index) =>
    typeof mail === 'string' && outcomes[index]!.ok ? [textOf(mail)] : [],
  );
  const came = server.texts.filter(text => known.includes(text));
  expect(came.toSorted()).toEqual(known.toSorted());
  return outcomes;
}

export const sentByBdat = ({commands}: ChunkingServer): number =>
  commands.filter(line => /^BDAT [1-9]/.test(line)).length;
export const sentByData = ({commands}: ChunkingServer): number =>
  commands.filter(line => line === 'DATA').length;
