// What a stranger's web page can make a browser on this machine send: none of it does anything.

import {once} from 'node:events';
import {type IncomingHttpHeaders, request} from 'node:http';
import {connect} from 'node:net';
import {text} from 'node:stream/consumers';
import {afterEach, beforeEach, describe, expect, it, test} from 'vitest';
import {awsDoors} from '../../../local/endpoint/aws-doors.ts';
import type {AwsService} from '../../../local/endpoint/aws-service.ts';
import type {Door} from '../../../local/endpoint/door.ts';
import {type Endpoint, listen} from '../../../local/endpoint/endpoint.ts';
import {startRuntimeApi} from '../../../local/lambda/runtime-api.ts';
import {sqsProtocol} from '../../../local/sqs/service.ts';
import {ssmProtocol} from '../../../local/ssm/service.ts';

/** Everything that the endpoint took for a call of a program. */
let calls: string[];
let endpoint: Endpoint;
beforeEach(async () => {
  calls = [];
  const call: AwsService['call'] = async ({operation}) => {
    calls.push(operation);
    return {};
  };
  const faults: Door = {
    takes: ({path}) => path === '/_relayq/faults',
    async reply({request: {method = ''}}) {
      calls.push(method);
      return {status: 200, headers: {}, body: ''};
    },
  };
  const services = [
    {...sqsProtocol, call},
    {...ssmProtocol, call},
  ];
  endpoint = await listen([faults, ...awsDoors(services)], {port: 0});
});
afterEach(() => endpoint.close());

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string;
}

async function ask(port: number, {method = 'POST', path = '/', headers = {}, body = ''}: Asked) {
  const sent = request({port, host: '127.0.0.1', method, path, headers, setHost: !('Host' in headers)});
  sent.end(body);
  const [response] = await once(sent, 'response');
  return {status: response.statusCode as number, text: await text(response)};
}

const json = {'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage'};
const form = {'content-type': 'application/x-www-form-urlencoded'};
const signed = {
  authorization: 'AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/sqs/aws4_request, Signature=0',
};
const own = () => `127.0.0.1:${endpoint.port}`;

/** Requests that a page may send. Each of them would do something. */
const requests: [string, Asked][] = [
  ['the JSON protocol', {headers: json, body: '{}'}],
  ['the JSON protocol of SSM', {headers: {...json, 'x-amz-target': 'AmazonSSM.GetParameter'}, body: '{}'}],
  ['a signed form', {headers: {...form, ...signed}, body: 'Action=PurgeQueue'}],
  ['a signed GET', {method: 'GET', path: '/?Action=PurgeQueue', headers: signed}],
  ['the faults', {method: 'PUT', path: '/_relayq/faults', body: '[]'}],
  ['a look at the faults', {method: 'GET', path: '/_relayq/faults'}],
  ['the health', {method: 'GET'}],
  ['a preflight', {method: 'OPTIONS', headers: {'access-control-request-method': 'POST'}}],
];

/** The headers by which a browser marks a page's requests. A page cannot remove them. */
const browsers: [string, Record<string, string | string[]>, RegExp][] = [
  ['another origin', {origin: 'https://evil.example'}, /Origin "https:\/\/evil\.example"/],
  ['an origin that is kept secret', {origin: 'null'}, /Origin "null"/],
  ['an origin of nothing', {origin: ''}, /Origin ""/],
  ['the same machine at another port', {origin: 'http://127.0.0.1:8080'}, /Origin/],
  ['the same machine under another name', {origin: 'http://localhost:1'}, /Origin/],
  ['an extension', {origin: 'chrome-extension://abc'}, /Origin/],
  [
    'another site',
    {'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors'},
    /Sec-Fetch-Site "cross-site"/,
  ],
  ['another host of the site', {'sec-fetch-site': 'same-site'}, /Sec-Fetch-Site "same-site"/],
  [
    'a name of the page’s own',
    {Host: 'rebound.evil.example:4566'},
    /Host header is "rebound\.evil\.example:4566"/,
  ],
  ['a name that looks like ours', {Host: '127.0.0.1.evil.example'}, /Host/],
  ['another name that looks like ours', {Host: 'evil.example#@127.0.0.1'}, /Host/],
  ['a name below localhost', {Host: 'evil.localhost'}, /Host/],
  ['an address that means any', {Host: '0.0.0.0:4566'}, /Host/],
  ['another address of the machine', {Host: '192.0.2.1'}, /Host/],
  ['a number', {Host: '2130706433'}, /Host/],
  ['a name of the page’s own as its origin', {Host: 'evil.example', origin: 'http://evil.example'}, /Host/],
];

describe.each(browsers)('from %s', (_, marks, reason) => {
  it.each(requests)('%s is refused', async (_, asked) => {
    const answer = await ask(endpoint.port, {...asked, headers: {...asked.headers, ...marks}});
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.text)).toEqual({
      __type: 'AccessDeniedException',
      message: expect.stringMatching(/^relayq's local cloud refuses this request: /),
    });
    expect(JSON.parse(answer.text).message).toMatch(reason);
    expect(calls).toEqual([]);
  });
});

test('a target in absolute form does not get around the check of the host', async () => {
  const answer = await ask(endpoint.port, {path: 'http://evil.example/', headers: json, body: '{}'});
  expect(answer.status).toBe(403);
  expect(calls).toEqual([]);
});

test('the refusal comes before the body', async () => {
  const socket = connect(endpoint.port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 1000000\r\n\r\n');
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 403 /);
});

describe('without a mark of a browser', () => {
  it.each([
    ['a picture', {method: 'GET', path: '/000000000000/outbox?Action=SendMessage&MessageBody=x'}],
    [
      'a link',
      {method: 'GET', path: '/?Action=PurgeQueue&Version=2012-11-05', headers: {'sec-fetch-site': 'none'}},
    ],
    ['a picture that looks', {method: 'GET', path: '/?Action=ReceiveMessage&Version=2012-11-05'}],
    [
      'a link with a password',
      {method: 'GET', path: '/?Action=PurgeQueue', headers: {authorization: 'Basic YTpi'}},
    ],
    [
      'a signature in the query',
      {
        method: 'GET',
        path: '/?Action=PurgeQueue&X-Amz-Credential=AKIA%2F20260101%2Fus-east-1%2Fsqs%2Faws4_request&X-Amz-Signature=0',
      },
    ],
    ['a form of an old browser', {headers: form, body: 'Action=PurgeQueue&Version=2012-11-05'}],
    [
      'a form as plain text',
      {path: '/?Action=PurgeQueue', headers: {'content-type': 'text/plain'}, body: 'x'},
    ],
  ] satisfies [string, Asked][])('%s is unsigned, and AWS too would refuse it', async (_, asked) => {
    const answer = await ask(endpoint.port, asked);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('<Code>MissingAuthenticationToken</Code>');
    expect(calls).toEqual([]);
  });

  it.each([
    ['JSON as plain text', {headers: {'content-type': 'text/plain'}, body: '{}'}],
    ['a GET of the JSON protocol', {method: 'GET', headers: json}],
    ['a HEAD', {method: 'HEAD', path: '/?Action=PurgeQueue', headers: signed}],
  ] satisfies [string, Asked][])('%s does nothing', async (_, asked) => {
    expect((await ask(endpoint.port, asked)).status).toBeGreaterThanOrEqual(400);
    expect(calls).toEqual([]);
  });
});

describe('a program of this machine’s user is served', () => {
  it.each<[string, () => IncomingHttpHeaders]>([
    ['under the address', () => ({Host: own()})],
    ['under the name', () => ({Host: `localhost:${endpoint.port}`})],
    ['under the name in capitals', () => ({Host: `LOCALHOST:${endpoint.port}`})],
    ['under the other address', () => ({Host: `[::1]:${endpoint.port}`})],
    ['through a tunnel', () => ({Host: '127.0.0.1:14566'})],
    ['without a port', () => ({Host: 'localhost'})],
    ['from an address that somebody typed', () => ({'sec-fetch-site': 'none'})],
    [
      'from a page of the endpoint’s own',
      () => ({origin: `http://${own()}`, 'sec-fetch-site': 'same-origin'}),
    ],
    ['from Node’s fetch', () => ({'sec-fetch-mode': 'cors'})],
  ])('%s', async (_, headers) => {
    for (const [, asked] of requests.slice(0, 6)) {
      const all = {...asked.headers, ...(headers() as Record<string, string>)};
      expect((await ask(endpoint.port, {...asked, headers: all})).status).toBe(200);
    }
    expect(calls).toEqual(['SendMessage', 'GetParameter', 'PurgeQueue', 'PurgeQueue', 'PUT', 'GET']);
  });
});

test.each(browsers)('the Runtime API of an environment refuses what comes from %s', async (_, marks) => {
  const api = await startRuntimeApi();
  let heard = 0;
  const hear = () => {
    heard += 1;
  };
  api.serve({onNext: hear, onResponse: hear, onError: hear, onInitError: hear});
  const port = Number(api.address.split(':')[1]);
  for (const asked of [
    {method: 'GET', path: '/2018-06-01/runtime/invocation/next'},
    {path: '/2018-06-01/runtime/init/error', body: '{}'},
  ]) {
    expect((await ask(port, {...asked, headers: marks})).status).toBe(403);
  }
  expect(heard).toBe(0);
  api.close();
});
