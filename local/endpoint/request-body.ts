// Reads a request's body, up to the size at which a service would refuse it.

import type {IncomingMessage} from 'node:http';
import {AwsError} from '../aws-error.ts';

/** More than any service takes: a full SQS batch with every character escaped is smaller. */
const maximumOctets = 6 * 1024 * 1024;

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let octets = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    octets += chunk.length;
    if (octets > maximumOctets) {
      throw new AwsError('RequestEntityTooLarge', `The request is larger than ${maximumOctets} bytes`, 413);
    }
    chunks.push(chunk);
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}
