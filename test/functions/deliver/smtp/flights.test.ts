// Messages in flights: MAIL, RCPT and BDAT of several of them before the first reply, to a server that knows BDAT.

import {afterEach, describe, expect, test} from 'vitest';
import {Connections} from '../../../../functions/deliver/pace/connections.ts';
import {
  type ChunkingScript,
  type ChunkingServer,
  startChunkingServer,
} from '../../../servers/chunking-server.ts';
import {beginAll, done, endLanes, laneOf, mailTo, options, running, targetOf} from '../lane-under-test.ts';

afterEach(endLanes);

async function serve(script: ChunkingScript = {}): Promise<ChunkingServer> {
  const server = await startChunkingServer(script);
  running.push(server);
  return server;
}

const tenNames = Array.from({length: 10}, (_, number) => `m${number}`);
const textOf = (name: string) => `Subject: ${name}\r\n\r\nbody\r\n`;
const many = options({messagesPerFlight: 10});
const sentByBdat = ({commands}: ChunkingServer) => commands.filter(line => /^BDAT [1-9]/.test(line)).length;
const sentByData = ({commands}: ChunkingServer) => commands.filter(line => line === 'DATA').length;

describe('a server that offers PIPELINING and CHUNKING', () => {
  test('is asked if it knows BDAT, and gets the next messages by it', async () => {
    const server = await serve();
    expect(await beginAll(laneOf(), targetOf(server), tenNames, many)).toEqual(tenNames.map(() => done));
    expect(server.texts).toEqual(tenNames.map(textOf));
    expect(server.commands.slice(1, 5)).toEqual([
      'BDAT 0 LAST',
      'MAIL FROM:<from@example.com> SIZE=21',
      'RCPT TO:<m0@example.org>',
      'DATA',
    ]);
    expect([sentByData(server), sentByBdat(server)]).toEqual([1, 9]);
    expect(server.connections()).toBe(1);
  });
});
