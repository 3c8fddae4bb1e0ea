// The console in a browser, on a pipeline with real mail: what people do there, from what is stuck to what was received.

import {SendMessageCommand} from '@aws-sdk/client-sqs';
import type {Page} from 'puppeteer-core';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {names} from '../pipeline/pipeline-under-test.ts';
import {axeFindings} from './axe-findings.ts';
import {chromium, titleWithChromium} from './chromium.ts';
import {ConsoleUnderTest, press, see, visit} from './console-under-test.ts';
import {deadLetter} from './letters.ts';

describe.skipIf(chromium === undefined)(titleWithChromium('the console in a browser'), () => {
  let app: ConsoleUnderTest;
  beforeAll(async () => {
    app = await ConsoleUnderTest.start();
  });
  afterEach(() => app.closePages());
  afterAll(() => app.stop());
  const rowsOf = (page: Page): Promise<string[]> =>
    page.$$eval('[role=table] .body [role=row]', rows => rows.map(row => (row as HTMLElement).innerText));

  test('the token leaves the address, and the browser stays signed in', async () => {
    const page = await app.open('/');
    expect(page.url()).toBe(`${app.origin}/#/`);
    await page.reload();
    await see(page, 'Overview');
    const isKept = await page.evaluate(
      token => JSON.stringify([{...localStorage}, {...sessionStorage}]).includes(token),
      new URL(app.address).hash.slice(1),
    );
    expect(isKept).toBe(false);
  });

  test('the overview says first what is stuck, and leads to why', async () => {
    const page = await app.open('/');
    await see(page, /refusing\.example is waiting: ~3 messages wait/);
    await see(page, '451 4.7.1 greylisted, come back later');
    await page.locator('.troubles li.warn a').click();
    await see(page, /Where mail to refusing\.example would go now/);
    await see(page, 'It would be delivered now to 127.0.0.1');
    await see(page, /Deferred\s+3/);
  });

  test('one of five domains is stuck; with a smarthost there is one row, and without it there are five again', async () => {
    const page = await app.open('/domains');
    await see(page, 'refusing.example');
    const before = await rowsOf(page);
    expect(before).toHaveLength(5);
    expect(before.filter(row => row.includes('waiting'))).toEqual([
      expect.stringMatching(/^refusing\.example/),
    ]);

    await changeSetting(page, 'smarthost', '127.0.0.1');
    await visit(page, '/domains');
    await see(page, 'All mail goes through the smarthost');
    expect(await rowsOf(page)).toEqual([expect.stringMatching(/^\(smarthost\)/)]);

    await visit(page, '/settings?q=smarthost');
    await press(page, 'Unset smarthost');
    await press(page, 'Write to local…');
    await press(page, 'Write to local');
    await see(page, 'Written');
    await visit(page, '/domains');
    await see(page, 'refusing.example');
    expect(await rowsOf(page)).toHaveLength(5);
  });

  test('a setting that is wrong is refused at its field, and nothing is written', async () => {
    const page = await app.open('/settings?q=max-attempts');
    await press(page, 'Change max-attempts');
    await page.keyboard.type('many');
    await press(page, 'Write to local…');
    await press(page, 'Write to local');
    await see(page, 'Nothing was written');
    expect(await page.$eval('.editor .problem', element => (element as HTMLElement).innerText)).not.toBe('');
    await press(page, 'Discard');
    await see(page, /^0\s+default/m);
  });

  test("one recipient's message is found, with each reply", async () => {
    const page = await app.open('/');
    await see(page, 'Active domains');
    await page.focus('.finder input');
    await page.keyboard.type('ann@refusing.example\r');
    await see(page, /attempt 1 deferred/);
    await see(page, /451 4\.7\.1 greylisted, come back later/);
    await see(page, /next attempt/);
    expect(page.url()).toMatch(/#\/messages\?q=ann/);
  });

  test('the log is searched by domain, fate and tag', async () => {
    const page = await app.open('/messages?domain=busy.example&fate=bounced&tag=newsletter');
    await see(page, '550 5.1.1 no such user');
    expect(await rowsOf(page)).toEqual([expect.stringContaining('gone@busy.example')]);
  });

  test('somebody is suppressed, looked up and taken off the list again, and another one stays', async () => {
    const page = await app.open('/suppression');
    await see(page, 'Nobody is suppressed');
    await see(page, 'The list is not read');
    for (const who of ['Out@fine.example', 'gone@busy.example']) {
      await press(page, 'Add…');
      await page.locator('dialog input').fill(who);
      await press(page, 'Suppress on local');
      await see(page, new RegExp(`${who.toLowerCase()} is suppressed`));
    }
    expect((await rowsOf(page)).toSorted()).toEqual([
      expect.stringMatching(/^gone@busy\.example\s+suppressed/),
      expect.stringMatching(/^out@fine\.example\s+suppressed/),
    ]);
    await page.locator('.search-form input').fill('GONE@busy.example');
    await press(page, 'Look up');
    await see(page, 'gone@busy.example is suppressed');
    await press(page, 'Copy as…');
    await see(page, /relayq suppress list GONE@busy\.example/);
    await page.keyboard.press('Escape');
    await press(page, 'Remove gone@busy.example…');
    await see(page, /Mail to this address goes again/);
    await press(page, 'Remove from local');
    await see(page, 'gone@busy.example is not suppressed');
    for (const who of ['a@bulk.example', 'b@bulk.example']) {
      await visit(page, '/suppression');
      await press(page, 'Add…');
      const [whom, why] = await page.$$('dialog input');
      await whom!.type(who);
      await why!.type('an import gone wrong');
      await press(page, 'Suppress on local');
      await see(page, `${who} is suppressed`);
    }
    await visit(page, '/suppression?reason=gone+wrong');
    await press(page, 'Remove these 2…');
    await see(page, /b@bulk\.example, by console: an import gone wrong/);
    await press(page, 'Remove from local');
    await see(page, '2 entries removed');
    await see(page, 'Nobody here fits');
    await visit(page, '/suppression?source=nobody');
    await see(page, 'Nobody here fits');
    await press(page, 'Add…');
    await page.locator('dialog input').fill('no address@');
    await press(page, 'Suppress on local');
    await see(page, 'Not accepted');
  });

  test('a dead letter is looked at and redriven, and another one is dropped into a file', async () => {
    const page = await app.open('/dead-letters');
    await see(page, 'carol@fine.example');
    await press(page, 'carol@fine.example');
    await see(page, 'This one died');
    await press(page, 'Redrive…');
    await see(page, /Redrive 1 dead letter of stage local\?/);
    await press(page, 'Redrive on local');
    await see(page, 'Redriven');
    await expect.poll(() => app.sink.messages.some(({to}) => to.includes('carol@fine.example'))).toBe(true);

    const QueueUrl = app.pipeline.cloud.queueUrlOf(names.outboxDlq);
    const MessageBody = JSON.stringify({...deadLetter, recipient: 'dave@fine.example'});
    await app.pipeline.sqs.send(new SendMessageCommand({QueueUrl, MessageBody}));
    await page.reload();
    await see(page, 'dave@fine.example');
    await page.click('.letters input[type=checkbox]');
    await press(page, 'Drop…');
    await see(page, 'Nothing delivers them any more');
    await press(page, 'Drop from local');
    await see(page, 'Dropped');
    await see(page, 'There are no dead letters');
  });

  test('a whole queue that SQS cannot move is said to have been left', async () => {
    const QueueUrl = app.pipeline.cloud.queueUrlOf(names.outboxDlq);
    const MessageBody = JSON.stringify({...deadLetter, recipient: 'frank@fine.example'});
    await app.pipeline.sqs.send(new SendMessageCommand({QueueUrl, MessageBody}));
    const page = await app.open('/dead-letters');
    await press(page, 'Redrive all of it…');
    await press(page, 'Redrive on local');
    await see(page, 'SQS has stopped');
    await see(
      page,
      /0 messages of outbox-dlq moved; then it stopped: SQS does not know where a message came/,
    );
    await page.click('.letters input[type=checkbox]');
    await press(page, 'Redrive…');
    await press(page, 'Redrive on local');
    await see(page, /Redriven\s+1 message on the way again/);
  });

  test('a test message is explained, sent, and followed until it is accepted', async () => {
    const page = await app.open('/send?to=erin@fine.example');
    await press(page, 'Explain first');
    await see(page, 'It would be delivered now to');
    await press(page, 'Send to local');
    await see(page, /attempt 1 accepted/);
    expect(app.sink.messages.some(({to}) => to.includes('erin@fine.example'))).toBe(true);
  });

  test('received mail is read: its text, its page shut in, its fields, its links, its attachment', async () => {
    const page = await app.open('/mail?q=jo.doe');
    await page.locator('.mail-list li a').click();
    await see(page, 'Your order is on its way');
    const frame = await page.waitForSelector('iframe.mail-html');
    const inside = await frame!.contentFrame();
    await inside!.waitForSelector('h1');
    expect(await frame!.evaluate(element => element.getAttribute('sandbox'))).toBe('');
    for (const [tab, text] of [
      ['Text', 'https://shop.example/orders/17'],
      ['Headers', 'Jo Doe <jo.doe@fine.example>'],
      ['Source', 'Content-Type: multipart'],
      ['Attachments', 'invoice.txt'],
      ['Links', 'https://shop.example/orders/17'],
    ] as const) {
      const button = await page.waitForSelector(`.mail-head .choices ::-p-text(${tab})`);
      await button!.click();
      await see(page, text);
    }
    expect(await page.title()).not.toBe('owned');
  });

  test('a hostile subject is text, and what cannot be seen of it is shown', async () => {
    const page = await app.open('/mail?q=elsewhere');
    await see(page, /invoice U\+202Egpj\.exe <img src=x onerror/);
    expect(await page.$('.mail-list img')).toBeNull();
    expect(await page.title()).not.toBe('1');
  });

  test('mail is paused after a preview, and resumed', async () => {
    const page = await app.open('/held');
    await see(page, 'Nothing holds mail back');
    const fields = await page.$$('form.message-form input');
    await fields[0]!.type('paused.example');
    await fields[1]!.type('their server moves');
    await press(page, 'Preview');
    await see(page, /pauses\/paused\.example: domain paused\.example; an estimate/);
    await press(page, 'Pause on local');
    await see(page, /pauses\/paused\.example holds domain paused\.example: their server moves/);
    expect(await axeFindings(page)).toEqual([]);
    await press(page, 'Resume pauses/paused.example');
    await see(page, 'Nothing holds mail back');
  });

  test('no page has asked another server for anything, and no browser has complained', () => {
    expect(app.strangers).toEqual([]);
    expect(app.complaints).toEqual([]);
  });
});

async function changeSetting(page: Page, name: string, value: string): Promise<void> {
  await visit(page, `/settings?q=${name}`);
  await press(page, `Change ${name}`);
  await page.keyboard.type(value);
  await press(page, 'Write to local…');
  await press(page, 'Write to local');
  await see(page, /Written|In force/);
}
