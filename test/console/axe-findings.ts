// What axe-core finds in a page, in words.

import {source as axeSource} from 'axe-core';
import type {Page} from 'puppeteer-core';

export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const {axe} = window as unknown as {axe: typeof import('axe-core')};
    const {violations} = await axe.run(document, {iframes: false});
    return violations.flatMap(({id, nodes}) =>
      nodes.map(({html, failureSummary}) => `${id}: ${html} ${failureSummary}`),
    );
  });
}
