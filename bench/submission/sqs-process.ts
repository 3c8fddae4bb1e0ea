// As much of SQS as takes messages, as late as AWS does. It keeps nothing.

import {createHash} from 'node:crypto';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {setTimeout as delay} from 'node:timers/promises';
import {answerParent} from '../child.ts';

export type SqsRequest = {readonly start: {readonly latencyMs: number}} | {readonly take: true};

/** Since the last time; of `start` the port. */
export interface SqsReply {
  readonly port: number;
  readonly requests: number;
  readonly messages: number;
}

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
}

let port = 0;
let requests = 0;
let messages = 0;

async function answer(request: IncomingMessage, response: ServerResponse, latencyMs: number): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const {Entries: entries} = JSON.parse(Buffer.concat(chunks).toString()) as {
    readonly Entries: readonly Entry[];
  };
  requests += 1;
  messages += entries.length;
  const successful = entries.map(({Id, MessageBody: body}) => ({
    Id,
    MessageId: `message-${messages}`,
    MD5OfMessageBody: createHash('md5').update(body).digest('hex'),
  }));
  await delay(latencyMs);
  response.writeHead(200, {'content-type': 'application/x-amz-json-1.0'});
  response.end(JSON.stringify({Successful: successful, Failed: []}));
}

answerParent<SqsRequest, SqsReply>(async asked => {
  if ('start' in asked) {
    const server = createServer((request, response) => void answer(request, response, asked.start.latencyMs));
    server.listen(0, '127.0.0.1');
    await new Promise(resolve => server.once('listening', resolve));
    port = (server.address() as AddressInfo).port;
  }
  const reply = {port, requests, messages};
  requests = 0;
  messages = 0;
  return reply;
});
