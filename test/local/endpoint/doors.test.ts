// Doors for requests that are neither AWS JSON nor the query protocol: those of a REST service, by path or by host.

import {once} from 'node:events';
import {request} from 'node:http';
import {buffer} from 'node:stream/consumers';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {awsDoors} from '../../../local/endpoint/aws-doors.ts';
import type {Door} from '../../../local/endpoint/door.ts';
import {type Endpoint, listen} from '../../../local/endpoint/endpoint.ts';
import {readBody} from '../../../local/endpoint/request-body.ts';

const octets = Buffer.of(0xff, 0, 0x80);
const suffix = '.objects.localhost';
/** Objects: `bucket.objects.localhost/key` and `127.0.0.1/objects/bucket/key` are the same one. */
const objects: Door = {
  hosts: /^[a-z0-9-]+\.objects\.localhost$/,
  takes: ({host, path}) => host.endsWith(suffix) || path.startsWith('/objects/'),
  async reply({host, path, query, request: asked}) {
    const isByHost = host.endsWith(suffix);
    const key = isByHost ? `${host.slice(0, -suffix.length)}${path}` : path.slice('/objects/'.length);
    const body = (await readBody(asked)).toString();
    const headers = {'x-asked': `${asked.method} ${key} ${query.get('part')} ${body}`};
    return {status: 200, headers, body: octets};
  },
};

let endpoint: Endpoint;
beforeEach(async () => {
  const call = async () => ({QueueUrls: []});
  endpoint = await listen([objects, ...awsDoors([{name: 'sqs', target: 'AmazonSQS', call}])], {port: 0});
});
afterEach(() => endpoint.close());

async function ask(method: string, path: string, headers: Record<string, string> = {}) {
  const sent = request({port: endpoint.port, host: '127.0.0.1', method, path, headers});
  sent.end('{}');
  const [response] = await once(sent, 'response');
  return {status: response.statusCode, asked: response.headers['x-asked'], body: await buffer(response)};
}

test.each([
  ['its path', '/objects/bucket/a/b?part=2', {}],
  ['its host', '/a/b?part=2', {host: 'bucket.objects.localhost'}],
  ['its host with the port', '/a/b?part=2', {host: 'Bucket.Objects.localhost:4566'}],
  ['an absolute URL', 'http://bucket.objects.localhost/a/b?part=2', {}],
])('a door takes a request by %s, and answers in octets', async (_, path, headers) => {
  expect(await ask('PUT', path, headers)).toEqual({
    status: 200,
    asked: 'PUT bucket/a/b 2 {}',
    body: octets,
  });
});

test('what it does not take goes to the next door', async () => {
  const {status, asked, body} = await ask('POST', '/', {'x-amz-target': 'AmazonSQS.ListQueues'});
  expect({status, asked, body: body.toString()}).toEqual({
    status: 200,
    asked: undefined,
    body: '{"QueueUrls":[]}',
  });
});

test.each(['objects.localhost', 'bucket.objects.localhost.example', 'bucket.example'])(
  'a host that belongs to no door is refused: %s',
  async host => {
    expect(await ask('GET', '/objects/bucket/a', {host})).toMatchObject({status: 403});
  },
);

test('a request without a door is not found', async () => {
  const empty = await listen([], {port: 0});
  expect((await fetch(empty.url)).status).toBe(404);
  await empty.close();
});
