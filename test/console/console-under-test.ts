// The console as people have it: the command on a pipeline of its own, with mail of every fate, and a browser in front.

import type {ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {SendMessageCommand} from '@aws-sdk/client-sqs';
import type {Browser, Page} from 'puppeteer-core';
import {type Sink, startSink} from '../../local/sink/sink.ts';
import {RelayqUnderTest} from '../cli/relayq-under-test.ts';
import {names, Pipeline} from '../pipeline/pipeline-under-test.ts';
import {sinkParameters} from '../samples/relay-parameters.ts';
import {startChromium} from './chromium.ts';
import {deadLetter, letters} from './letters.ts';

export interface Look {
  readonly width: 1280 | 390;
  readonly theme: 'light' | 'dark';
}

export class ConsoleUnderTest {
  readonly pipeline: Pipeline;
  readonly sink: Sink;
  /** With the token. */
  readonly address: string;
  /** What pages have asked other servers for. */
  readonly strangers: string[] = [];
  /** What browsers complain about in their consoles. */
  readonly complaints: string[] = [];
  readonly #pages: Page[] = [];
  readonly #cli: RelayqUnderTest;
  readonly #child: ChildProcess;
  readonly #browser: Browser;

  private constructor(
    {pipeline, sink, cli}: {pipeline: Pipeline; sink: Sink; cli: RelayqUnderTest},
    child: ChildProcess,
    browser: Browser,
    address: string,
  ) {
    this.pipeline = pipeline;
    this.sink = sink;
    this.#cli = cli;
    this.#child = child;
    this.#browser = browser;
    this.address = address;
  }

  static async start(): Promise<ConsoleUnderTest> {
    const sink = await startSink({port: 0});
    const pipeline = await Pipeline.start(sinkParameters({port: sink.port}), {sink});
    pipeline.cloud.faults.add({
      smtp: {code: 451, text: '4.7.1 greylisted, come back later'},
      recipient: '*@refusing.example',
    });
    pipeline.cloud.faults.add({smtp: {code: 550, text: '5.1.1 no such user'}, recipient: 'gone@*'});
    await pipeline.send(...letters);
    await pipeline.take(names.results.results, letters.length);
    const QueueUrl = pipeline.cloud.queueUrlOf(names.outboxDlq);
    await pipeline.sqs.send(new SendMessageCommand({QueueUrl, MessageBody: JSON.stringify(deadLetter)}));
    const cli = await RelayqUnderTest.create(() => Number(new URL(pipeline.cloud.url).port));
    const child = cli.start(['console', '--port', '0']);
    child.stderr.resume();
    const [line] = (await once(createInterface({input: child.stdout}), 'line')) as [string];
    return new ConsoleUnderTest({pipeline, sink, cli}, child, await startChromium(), line.trim());
  }

  get origin(): string {
    return new URL(this.address).origin;
  }

  /** A page of a browser that has signed in. @param path as it stands behind the # */
  async open(path: string, {width, theme}: Look = {width: 1280, theme: 'light'}): Promise<Page> {
    const page = await this.#browser.newPage();
    this.#pages.push(page);
    page.on('request', request => {
      const url = request.url();
      if (!url.startsWith(this.origin) && !url.startsWith('data:')) this.strangers.push(url);
    });
    page.on('requestfailed', request => {
      // It has not left the browser.
      if (request.failure()?.errorText === 'csp')
        this.strangers.splice(this.strangers.indexOf(request.url()), 1);
    });
    page.on('pageerror', error => this.complaints.push(String(error)));
    page.on('console', message => {
      // Refusals of the server are part of its answers, and what a message's page wants to do is refused by the browser.
      const isExpected = /^Failed to load|\/mail\/\d+\/html/.test(
        `${message.text()} ${message.location().url}`,
      );
      if (message.type() === 'error' && !isExpected) this.complaints.push(message.text());
    });
    await page.emulateMediaFeatures([{name: 'prefers-color-scheme', value: theme}]);
    await page.setViewport({width, height: width === 390 ? 844 : 900});
    await page.goto(this.address);
    await page.waitForSelector('main h1');
    await page.evaluate(hash => {
      location.hash = hash;
    }, `#${path}`);
    return page;
  }

  async closePages(): Promise<void> {
    for (const page of this.#pages.splice(0)) await page.close();
  }

  /** As Ctrl-C does. */
  endConsole(): void {
    this.#child.kill('SIGINT');
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.#cli.stop();
    await this.pipeline.stop();
    await this.sink.close();
  }
}

/** Waits until the page shows a text. */
export async function see(page: Page, text: string | RegExp): Promise<void> {
  const pattern = typeof text === 'string' ? RegExp.escape(text) : text.source;
  try {
    await page.waitForFunction(
      source => new RegExp(source, 'm').test(document.body.innerText),
      {timeout: 60_000, polling: 200},
      pattern,
    );
  } catch (error) {
    const shown = await page.evaluate(() => document.body.innerText);
    throw new Error(`the page does not show ${text}, but:\n${shown}`, {cause: error});
  }
}

/** Presses the button, or follows the link, of this name. */
export const press = (page: Page, name: string): Promise<void> =>
  page.locator(`::-p-aria(${name})`).setTimeout(60_000).click();

/** Goes on within the page. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.evaluate(hash => {
    location.hash = hash;
  }, `#${path}`);
}
