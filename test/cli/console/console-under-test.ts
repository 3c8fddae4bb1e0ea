// A console on a stage, and a browser's part of the conversation: what it keeps, and what it sends along.

import {once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {type IncomingHttpHeaders, request} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {buffer} from 'node:stream/consumers';
import {setTimeout as delay} from 'node:timers/promises';
import {expect} from 'vitest';
import {contextOf} from '../../../cli/command/context.ts';
import {type RunningConsole, startConsole} from '../../../cli/console/console-server.ts';
import {PageFiles} from '../../../cli/console/page-files.ts';
import {quietTerminal} from '../../../cli/console/quiet-terminal.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers, and say what is there
  readonly json: any;
}

/** As documents have it. */
export const time = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/);

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface Stage {
  readonly endpointUrl: string;
  readonly stage?: string;
  readonly readOnly?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  /** Without it, a small one of the test's. */
  readonly page?: PageFiles;
}

export class ConsoleUnderTest {
  readonly running: RunningConsole;
  readonly #folder: string;
  #cookie = '';
  #second = '';

  private constructor(running: RunningConsole, folder: string) {
    this.running = running;
    this.#folder = folder;
  }

  static async start({endpointUrl, stage = 'local', readOnly = false, env = {}, page}: Stage) {
    const folder = await mkdtemp(join(tmpdir(), 'relayq-page-'));
    await writeFile(join(folder, 'index.html'), '<!doctype html><title>page</title>');
    await writeFile(join(folder, 'main.js'), 'export {};');
    await writeFile(join(folder, 'secret.txt'), 'not of the page');
    const options = {stage, endpointUrl, readOnly, json: false, yes: false, input: false, local: false};
    const parts = {terminal: quietTerminal([]), env, signal: new AbortController().signal, now: Date.now};
    const context = contextOf({...options, region: 'us-east-1'}, parts);
    const running = await startConsole({context, port: 0, page: page ?? new PageFiles(folder)});
    return new ConsoleUnderTest(running, folder);
  }

  get token(): string {
    return new URL(this.running.address).hash.slice(1);
  }

  get cookie(): string {
    return this.#cookie;
  }

  get second(): string {
    return this.#second;
  }

  async signIn(): Promise<this> {
    const {headers, json} = await this.raw('/session', {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify({token: this.token}),
    });
    this.#cookie = headers['set-cookie']![0]!.split(';')[0]!;
    this.#second = json.second;
    return this;
  }

  get = (path: string, headers: Asking['headers'] = {}): Promise<Answer> =>
    this.raw(path, {headers: {cookie: this.#cookie, 'x-relayq-second': this.#second, ...headers}});

  /** As soon as it is as it must be. */
  async when(path: string, isRight: (json: Answer['json']) => boolean): Promise<Answer['json']> {
    for (;;) {
      const {json} = await this.get(path);
      if (isRight(json)) return json;
      await delay(100);
    }
  }

  post = (path: string, body: unknown, headers: Asking['headers'] = {}): Promise<Answer> =>
    this.raw(path, {
      method: 'POST',
      headers: {
        cookie: this.#cookie,
        'content-type': 'application/json',
        'x-relayq-second': this.#second,
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  /** With a path that goes out as it is, and whatever headers one likes. */
  async raw(path: string, {method = 'GET', headers = {}, body = ''}: Asking = {}): Promise<Answer> {
    const {port} = this.running;
    const sent = request({host: '127.0.0.1', port, path, method, headers: {...headers}, agent: false});
    sent.on('error', () => {});
    sent.end(body);
    const [response] = await once(sent, 'response');
    const text = (await buffer(response)).toString();
    const isJson = response.headers['content-type']?.startsWith('application/json');
    return {
      status: response.statusCode,
      headers: response.headers,
      text,
      json: isJson ? JSON.parse(text) : undefined,
    };
  }

  async stop(): Promise<void> {
    await this.running.close();
    await rm(this.#folder, {recursive: true});
  }
}
