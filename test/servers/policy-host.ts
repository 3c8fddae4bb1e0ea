// The HTTPS server of a domain's MTA-STS policy on 127.0.0.1, with the certificate for *.example.org.

import type {IncomingMessage, ServerResponse} from 'node:http';
import https from 'node:https';
import type {AddressInfo} from 'node:net';
import {certificateOf} from '../fixtures/fixture.ts';

export type PolicyAnswer =
  | string
  | {readonly status?: number; readonly type?: string; readonly location?: string; readonly body?: string}
  | ((response: ServerResponse) => void);

export interface PolicyHost {
  readonly port: number;
  /** The answer to the next request: a policy as text, or anything else. */
  answer: PolicyAnswer;
  /** `GET host path` */
  readonly requests: readonly string[];
  close(): void;
}

export const policyText = (...lines: string[]): string =>
  [
    'version: STSv1',
    ...lines,
    ...(lines.some(line => line.startsWith('max_age')) ? [] : ['max_age: 86400']),
  ].join('\r\n');

export async function startPolicyHost(
  answer: PolicyAnswer,
  certificate: https.ServerOptions = certificateOf('example.org'),
): Promise<PolicyHost> {
  const requests: string[] = [];
  const host = {answer, requests};
  const server = https.createServer(certificate, (request: IncomingMessage, response) => {
    const {hostname} = new URL(`https://${request.headers.host}`);
    requests.push(`${request.method} ${hostname} ${request.url}`);
    if (typeof host.answer === 'function') return host.answer(response);
    const {
      status = 200,
      type = 'text/plain',
      location,
      body = '',
    } = typeof host.answer === 'string' ? {body: host.answer} : host.answer;
    response.writeHead(status, {...(type && {'content-type': type}), ...(location && {location})}).end(body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const {port} = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return Object.assign(host, {port, close});
}
