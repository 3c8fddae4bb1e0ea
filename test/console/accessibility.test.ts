// The console for everybody, and in every state: by keyboard alone, as axe-core sees it, when AWS refuses, when nobody looks.

import type {Page} from 'puppeteer-core';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {names} from '../pipeline/pipeline-under-test.ts';
import {axeFindings} from './axe-findings.ts';
import {chromium, titleWithChromium} from './chromium.ts';
import {ConsoleUnderTest, see, visit} from './console-under-test.ts';

describe.skipIf(chromium === undefined)(titleWithChromium('the console in a browser'), () => {
  let app: ConsoleUnderTest;
  beforeAll(async () => {
    app = await ConsoleUnderTest.start();
    const who = {who: {S: 'out@fine.example'}, source: {S: 'manual'}, time: {N: '0'}};
    app.pipeline.cloud.services.dynamodb.table(names.suppressions).put(who);
  });
  afterEach(() => app.closePages());
  afterAll(() => app.stop());

  test('what AWS refuses is told with the permission that lacks; what was known stays, with its age', async () => {
    const page = await app.open('/');
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
    const page = await app.open('/domains');
    await see(page, 'AWS wants fewer requests');
    fault.remove();
    await see(page, 'refusing.example');
  });

  test('the numbers of the charts are there as a table', async () => {
    const page = await app.open('/');
    await see(page, 'Outbox to acceptance');
    await page.locator('.numbers summary').click();
    await page.waitForSelector('.numbers tbody tr');
    const heads = await page.$$eval('.numbers th[scope=col]', cells => cells.map(cell => cell.textContent));
    expect(heads).toEqual(expect.arrayContaining(['Attempts', 'Bounced', 'p95', 'Ready in outbox']));
    expect(await page.$$('.numbers tbody tr')).toHaveLength(60);
    expect(await axeFindings(page)).toEqual([]);
  });

  test('a tab that nobody sees asks for nothing, and asks at once when it is seen again', async () => {
    const [hidden, seen] = [await app.open('/'), await app.open('/')];
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
    const page = await app.open('/', look);
    for (const [path, text] of views) {
      await visit(page, path);
      await see(page, new RegExp(text));
      await page.waitForFunction(() => document.querySelector('.loading') === null);
      expect(await axeFindings(page), path).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, `${path} is wider than the page`).toBeLessThanOrEqual(0);
    }
  });

  test('the whole way is gone by keyboard alone', async () => {
    const page = await app.open('/');
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
    const page = await app.open('/');
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
    const page = await app.open('/');
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
