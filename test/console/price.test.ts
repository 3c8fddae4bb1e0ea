// A search that costs money: its price is told first, and it is made when a person has said yes to it.

import type {Page} from 'puppeteer-core';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {PageFiles} from '../../cli/console/page-files.ts';
import {awsDoors} from '../../local/endpoint/aws-doors.ts';
import type {AwsRequest} from '../../local/endpoint/aws-service.ts';
import {type Endpoint, listen} from '../../local/endpoint/endpoint.ts';
import {CloudWatchLogs} from '../../local/logs/cloudwatch-logs.ts';
import {logsService} from '../../local/logs/service.ts';
import {ConsoleUnderTest} from '../cli/console/console-under-test.ts';
import {chromium, startChromium, titleWithChromium} from './chromium.ts';
import {press, see} from './console-under-test.ts';

const path = '/api/trace?q=jo@example.org&since=7d';

let endpoint: Endpoint;
let served: ConsoleUnderTest;
let operations: string[] = [];
beforeAll(async () => {
  const logs = new CloudWatchLogs({region: 'us-east-1', accountId: '000000000000'});
  logs.ensureGroup('/aws/lambda/relayq-local-route');
  const attempt = {message: 'attempt', id: 'a', recipient: 'jo@example.org', fate: 'deferred', attempt: 1};
  logs.ensureGroup('/aws/lambda/relayq-local-deliver').append({
    timestamp: Date.now() - 3 * 86_400_000,
    stream: 's',
    message: JSON.stringify({level: 'info', ...attempt, description: 'come back later'}),
  });
  const service = logsService(logs);
  // As where the log is so large that its pages never end.
  const call = async (request: AwsRequest) => {
    operations.push(request.operation);
    return request.operation === 'FilterLogEvents' ? {events: [], nextToken: 'more'} : service.call(request);
  };
  endpoint = await listen(awsDoors([{...service, call}]), {port: 0});
  served = await ConsoleUnderTest.start({endpointUrl: endpoint.url, page: new PageFiles()});
  await served.signIn();
});
beforeEach(() => {
  operations = [];
});
afterAll(async () => {
  await served.stop();
  await endpoint.close();
});

test('a look is never paid for, whatever its address says', async () => {
  for (const more of ['', '&spend=true', '&spend=yes']) {
    const {status, json} = await served.get(path + more);
    expect(status).toBe(402);
    expect(json.error).toMatchObject({
      kind: 'price',
      text: expect.stringMatching(/^this would search 0\.0 MB of logs by Logs Insights, for less than 0\.01/),
      usd: expect.any(Number),
    });
  }
  expect(operations).not.toContain('StartQuery');
});

test('what a person has said yes to is', async () => {
  const {status, json} = await served.post(path, {spend: true});
  expect(status).toBe(200);
  expect(json.messages).toMatchObject([{id: 'a', events: [{what: 'attempt', attempt: 1}]}]);
  expect((await served.post(path, {spend: 'yes'})).status).toBe(402);
});

describe.skipIf(chromium === undefined)(titleWithChromium('in a browser'), () => {
  test('a link tells the price, and its button pays it', async () => {
    const browser = await startChromium();
    try {
      const page: Page = await browser.newPage();
      await page.goto(served.running.address);
      await page.waitForSelector('main h1');
      await page.evaluate(() => {
        location.hash = '#/messages?q=jo@example.org&since=7d&spend=yes';
      });
      await see(page, 'This search costs money');
      expect(operations).not.toContain('StartQuery');
      await press(page, 'Search for under 0.01 USD');
      await see(page, /attempt 1 deferred/);
      await see(page, 'come back later');
      expect(operations.filter(each => each === 'StartQuery')).toHaveLength(1);
    } finally {
      await browser.close();
    }
  });
});
