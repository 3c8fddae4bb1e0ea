// `npm run pictures`: images of the console for the pages of docs/, taken of a real one.

import {join} from 'node:path';
import {projectRoot} from '../global-setup.ts';
import {chromium} from './chromium.ts';
import {ConsoleUnderTest, type Look, see} from './console-under-test.ts';

const folder = join(projectRoot, 'docs');

const pictures: readonly (Look & {readonly name: string; readonly path: string; readonly shows: string})[] = [
  {name: 'overview', path: '/', shows: 'Active domains', width: 1280, theme: 'light'},
  {name: 'overview-narrow', path: '/', shows: 'Active domains', width: 390, theme: 'light'},
  {
    name: 'domain',
    path: '/domains/refusing.example?who=ann@refusing.example',
    shows: 'What was said',
    width: 1280,
    theme: 'light',
  },
  {
    name: 'message',
    path: '/messages?q=ann@refusing.example',
    shows: 'attempt 1',
    width: 1280,
    theme: 'dark',
  },
  {name: 'mail', path: '/mail/{letter with a page}', shows: 'Envelope', width: 1280, theme: 'light'},
];

if (chromium === undefined)
  throw new Error('pictures need Chromium: install it, or name it in RELAYQ_CHROMIUM');
const app = await ConsoleUnderTest.start();
try {
  const withPage = app.sink.messages.find(({to}) => to.includes('jo.doe@fine.example'))?.number;
  for (const {name, path, shows, ...look} of pictures) {
    const page = await app.open(path.replace(/\{.*\}/, String(withPage)), look);
    await see(page, shows);
    await page.waitForFunction(() => document.querySelector('.loading') === null);
    await page.screenshot({path: join(folder, `console-${name}.webp`), type: 'webp', quality: 85});
    await page.close();
  }
} finally {
  await app.stop();
}
