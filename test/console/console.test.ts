// The console in a browser, on a pipeline with real mail: what people do there, from what is stuck to what was received.

import {SendMessageCommand} from '@aws-sdk/client-sqs';
import {source as axeSource} from 'axe-core';
import type {Page} from 'puppeteer-core';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {names} from '../pipeline/pipeline-under-test.ts';
import {chromium, titleWithChromium} from './chromium.ts';
import {ConsoleUnderTest, type Look, press, see} from './console-under-test.ts';
import {deadLetter} from './letters.ts';

describe.skipIf(chromium === undefined)(titleWithChromium('the console in a browser'), () => {
  let app: ConsoleUnderTest;
  const pages: Page[] = [];
  beforeAll(async () => {
    app = await ConsoleUnderTest.start();
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.close();
  });
  afterAll(() => app.stop());

  async function open(path: string, look?: Look): Promise<Page> {
    const page = await app.open(path, look);
    pages.push(page);
    return page;
  }
  const rowsOf = (page: Page): Promise<string[]> =>
    page.$$eval('[role=table] .body [role=row]', rows => rows.map(row => (row as HTMLElement).innerText));

  test('the token leaves the address, and the browser stays signed in', async () => {
    const page = await open('/');
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
    const page = await open('/');
    await see(page, /refusing\.example is waiting: ~3 messages wait/);
    await see(page, '451 4.7.1 greylisted, come back later');
    await page.locator('.troubles li.warn a').click();
    await see(page, /Where mail to refusing\.example would go now/);
    await see(page, 'It would be delivered now to 127.0.0.1');
    await see(page, /Deferred\s+3/);
  });

  test('one of five domains is stuck; with a smarthost there is one row, and without it there are five again', async () => {
    const page = await open('/domains');
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
    const page = await open('/settings?q=max-attempts');
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
    const page = await open('/');
    await see(page, 'Active domains');
    await page.focus('.finder input');
    await page.keyboard.type('ann@refusing.example\r');
    await see(page, /attempt 1 deferred/);
    await see(page, /451 4\.7\.1 greylisted, come back later/);
    await see(page, /next attempt/);
    expect(page.url()).toMatch(/#\/messages\?q=ann/);
  });

  test('the log is searched by domain, fate and tag', async () => {
    const page = await open('/messages?domain=busy.example&fate=bounced&tag=newsletter');
    await see(page, '550 5.1.1 no such user');
    expect(await rowsOf(page)).toEqual([expect.stringContaining('gone@busy.example')]);
  });

  test('somebody is suppressed, looked up and taken off the list again, and another one stays', async () => {
    const page = await open('/suppression');
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
    const page = await open('/dead-letters');
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
    const page = await open('/dead-letters');
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
    const page = await open('/send?to=erin@fine.example');
    await press(page, 'Explain first');
    await see(page, 'It would be delivered now to');
    await press(page, 'Send to local');
    await see(page, /attempt 1 accepted/);
    expect(app.sink.messages.some(({to}) => to.includes('erin@fine.example'))).toBe(true);
  });

  test('received mail is read: its text, its page shut in, its fields, its links, its attachment', async () => {
    const page = await open('/mail?q=jo.doe');
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
    const page = await open('/mail?q=elsewhere');
    await see(page, /invoice U\+202Egpj\.exe <img src=x onerror/);
    expect(await page.$('.mail-list img')).toBeNull();
    expect(await page.title()).not.toBe('1');
  });

  test('what AWS refuses is told with the permission that lacks; what was known stays, with its age', async () => {
    const page = await open('/');
    await see(page, 'Active domains');
    const fault = app.pipeline.cloud.faults.add({
      fault: 'refuse',
      operation: 'GetParametersByPath',
      from: 'all',
    });
    await see(page, 'Not up to date: this is as of');
    await see(page, /Whoever runs the console needs ssm:GetParametersByPath/);
    await see(page, 'refusing.example is waiting');
    fault.remove();
    await page.waitForFunction(() => document.querySelector('.stale') === null);
  });

  test('where AWS wants fewer requests, the page says so, and goes on by itself', async () => {
    const throttled = {fault: 'throttle', operation: 'GetParametersByPath', from: 'all'} as const;
    const fault = app.pipeline.cloud.faults.add(throttled);
    const page = await open('/domains');
    await see(page, 'AWS wants fewer requests');
    fault.remove();
    await see(page, 'refusing.example');
  });

  test('the numbers of the charts are there as a table', async () => {
    const page = await open('/');
    await see(page, 'Outbox to acceptance');
    await page.locator('.numbers summary').click();
    await page.waitForSelector('.numbers tbody tr');
    const heads = await page.$$eval('.numbers th[scope=col]', cells => cells.map(cell => cell.textContent));
    expect(heads).toEqual(expect.arrayContaining(['Attempts', 'Bounced', 'p95', 'Ready in outbox']));
    expect(await page.$$('.numbers tbody tr')).toHaveLength(60);
    expect(await axeFindings(page)).toEqual([]);
  });

  test('a tab that nobody sees asks for nothing, and asks at once when it is seen again', async () => {
    const [hidden, seen] = [await open('/'), await open('/')];
    await see(hidden, 'Active domains');
    await hide(hidden, true);
    const asksOf = (page: Page): string[] => {
      const asks: string[] = [];
      page.on('request', request => asks.push(new URL(request.url()).pathname));
      return asks;
    };
    const [unseen, others] = [asksOf(hidden), asksOf(seen)];
    await expect.poll(() => others.filter(path => path === '/api/overview').length).toBeGreaterThan(2);
    expect(unseen).toEqual([]);
    await hide(hidden, false);
    await expect.poll(() => unseen).toContain('/api/overview');
  });

  const views = [
    ['/', 'Active domains'],
    ['/domains', 'refusing.example'],
    ['/domains/refusing.example', 'What binds|Latest attempts'],
    ['/messages', 'What was said|accepted'],
    ['/messages?q=ann@refusing.example', 'attempt 1'],
    ['/settings', 'smarthost-url'],
    ['/suppression', 'out@fine.example'],
    ['/suppression?q=in@fine.example', 'is not suppressed'],
    ['/held', 'Pause or cancel mail'],
    ['/dead-letters', 'Look again'],
    ['/send', 'Its way is shown here'],
    ['/mail', 'orders@shop.example'],
    ['/mail/1', 'Envelope'],
  ] as const;
  const looks = (['light', 'dark'] as const).flatMap(theme =>
    ([1280, 390] as const).map(width => ({theme, width})),
  );

  test.each(looks)('axe finds nothing in any view: $theme, $width wide', async look => {
    const page = await open('/', look);
    for (const [path, text] of views) {
      await visit(page, path);
      await see(page, new RegExp(text));
      await page.waitForFunction(() => document.querySelector('.loading') === null);
      expect(await axeFindings(page), path).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, `${path} is wider than the page`).toBeLessThanOrEqual(0);
    }
  });

  test('mail is paused after a preview, and resumed', async () => {
    const page = await open('/held');
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

  test('the whole way is gone by keyboard alone', async () => {
    const page = await open('/');
    await see(page, 'Active domains');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toMatchObject({name: 'Skip to the content'});
    await page.keyboard.press('Enter');
    await tabTo(page, /^Why: refusing\.example/);
    await page.keyboard.press('Enter');
    await see(page, /Where mail to refusing\.example/);
    await tabTo(page, /^Copy as/);
    await page.keyboard.press('Enter');
    await see(page, 'The same in a terminal');
    await page.keyboard.press('Escape');
    expect(await focused(page)).toMatchObject({name: 'Copy as…'});
    await visit(page, '/settings?q=max-attempts');
    await see(page, 'max-attempts');
    await tabTo(page, /^Change max-attempts/);
    await page.keyboard.press('Enter');
    await page.keyboard.type('7');
    await tabTo(page, /^Write to local…/);
    await page.keyboard.press('Enter');
    await see(page, /Change 1 setting of stage local\?/);
    // The dialog keeps the focus, and Escape gives it back.
    for (let step = 0; step < 6; step++) {
      await page.keyboard.press('Tab');
      expect(
        await page.evaluate(
          () =>
            document.activeElement === document.body ||
            document.querySelector('dialog')!.contains(document.activeElement),
        ),
      ).toBe(true);
    }
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.querySelector('dialog') === null);
    await expect.poll(() => focused(page)).toMatchObject({name: 'Write to local…'});
    await tabTo(page, /^Discard/, true);
    await page.keyboard.press('Enter');
  });

  test('a view has the focus as soon as it is there, and takes it from nobody later', async () => {
    const page = await open('/');
    await see(page, /refusing\.example is waiting/);
    const focusOfNew = await page.evaluate(
      () =>
        new Promise(resolve => {
          const watch = new MutationObserver(() => {
            if (document.querySelector('h1')?.innerText !== 'refusing.example') return;
            watch.disconnect();
            resolve(document.activeElement?.id);
          });
          watch.observe(document.body, {subtree: true, childList: true, characterData: true});
          document.querySelector<HTMLElement>('.troubles li.warn a')!.click();
        }),
    );
    expect(focusOfNew).toBe('main');
  });

  test('when the console ends, the page says so and what to do', async () => {
    const page = await open('/');
    await see(page, 'Active domains');
    app.endConsole();
    await see(page, 'The console is not running');
    await see(page, 'Not up to date: this is as of');
    await see(page, 'refusing.example is waiting');
  });

  test('no page has asked another server for anything, and no browser has complained', () => {
    expect(app.strangers).toEqual([]);
    expect(app.complaints).toEqual([]);
  });
});

const hide = (page: Page, isHidden: boolean) =>
  page.evaluate(hidden => {
    Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
    document.dispatchEvent(new Event('visibilitychange'));
  }, isHidden);

async function visit(page: Page, path: string): Promise<void> {
  await page.evaluate(hash => {
    location.hash = hash;
  }, `#${path}`);
}

async function changeSetting(page: Page, name: string, value: string): Promise<void> {
  await visit(page, `/settings?q=${name}`);
  await press(page, `Change ${name}`);
  await page.keyboard.type(value);
  await press(page, 'Write to local…');
  await press(page, 'Write to local');
  await see(page, /Written|In force/);
}

async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const {axe} = window as unknown as {axe: typeof import('axe-core')};
    const {violations} = await axe.run(document, {iframes: false});
    return violations.flatMap(({id, nodes}) =>
      nodes.map(({html, failureSummary}) => `${id}: ${html} ${failureSummary}`),
    );
  });
}

const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const after = element.classList.contains('row-link') ? '::after' : undefined;
    return {
      name: element.getAttribute('aria-label') ?? element.innerText,
      hasOutline: getComputedStyle(element, after).outlineStyle !== 'none',
    };
  });

/** Goes on, or back, until what has this name has the focus: and each thing on the way shows that it has it. */
async function tabTo(page: Page, name: RegExp, isBack = false): Promise<void> {
  const seen: string[] = [];
  for (let step = 0; step < 150; step++) {
    if (isBack) await page.keyboard.down('Shift');
    await page.keyboard.press('Tab');
    if (isBack) await page.keyboard.up('Shift');
    const now = await focused(page);
    // The view as a whole has it after a link has been followed, and the page before anything has.
    if (await page.evaluate(() => !['BODY', 'MAIN'].includes(document.activeElement!.tagName)))
      expect(now.hasOutline, now.name).toBe(true);
    if (name.test(now.name)) return;
    seen.push(now.name);
  }
  throw new Error(`no focus comes to ${name}, but to: ${seen.join(' | ')}`);
}
