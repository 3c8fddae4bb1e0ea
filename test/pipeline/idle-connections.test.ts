// Where a capacity says how many connections may lie idle, that holds for all environments together.

import {afterAll, beforeAll, expect, test} from 'vitest';
import {mailTo, textOf} from '../samples/mail.ts';
import {smarthostParameters} from '../samples/relay-parameters.ts';
import {type LineServer, startLineServer} from '../servers/line-server.ts';
import {names, Pipeline} from './pipeline-under-test.ts';

let server: LineServer;
let pipeline: Pipeline;
beforeAll(async () => {
  let most = 0;
  server = await startLineServer({
    // The first ones wait for each other, so that there are several environments.
    says: (line, _, {socket}) => {
      most = Math.max(most, server.open());
      if (line !== '.' || most >= 4) return undefined;
      const wait = () => (most >= 4 ? socket.write('250 2.0.0 ok\r\n') : setTimeout(wait, 5));
      wait();
      return '';
    },
  });
  pipeline = await Pipeline.start(
    {
      ...smarthostParameters(server),
      'smarthost-private-addresses': 'allowed',
      'capacity/smarthost': '{"connections": 4, "idleConnections": 1}',
    },
    {
      overrides: ({eventSourceMappings}) => {
        for (const mapping of eventSourceMappings) mapping.batchSize = 1;
      },
    },
  );
});
afterAll(async () => {
  await pipeline.stop();
  await server.close();
});

test.each([1, 2, 3])('at most one of four connections stays (round %i)', async round => {
  await pipeline.send(
    ...Array.from({length: 40}, (_, index) =>
      mailTo(`user${index}@example.org`, {mime: textOf(`${round} ${index}`)}),
    ),
  );
  await pipeline.take(names.results.success, 40);
  await pipeline.idle();
  await pipeline.until(() => server.open() <= 1);
  const {environments} = pipeline.cloud.functions.get(names.deliver)!;
  expect(environments.size).toBeGreaterThanOrEqual(4);
  const leases = pipeline.cloud.services.dynamodb.itemsOf(names.receivers);
  expect(leases.map(({list}) => list)).toEqual(Array(server.open()).fill({S: 'idle'}));
});
