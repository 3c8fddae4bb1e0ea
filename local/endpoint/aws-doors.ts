// The doors of the services that speak AWS's protocols in JSON, CBOR and forms, and the list of the services at `GET /`.

import type {AwsService} from './aws-service.ts';
import {cborDoor} from './cbor-door.ts';
import type {Door} from './door.ts';
import {jsonDoor} from './json-door.ts';
import {queryDoor} from './query-door.ts';

/** The last of them takes every request: other doors stand before them. */
export const awsDoors = (services: readonly AwsService[]): readonly Door[] => [
  cborDoor(services),
  queryDoor(services),
  listDoor(services),
  jsonDoor(services),
];

const listDoor = (services: readonly AwsService[]): Door => ({
  takes: ({request}) => request.method === 'GET' && request.headers['x-amz-target'] === undefined,
  reply: async () => ({
    status: 200,
    headers: {'content-type': 'application/json'},
    body: `${JSON.stringify({services: services.map(({name}) => name)})}\n`,
  }),
});
