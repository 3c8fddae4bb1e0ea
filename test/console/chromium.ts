// A browser for the tests of the console, where one is installed.

import {accessSync, constants} from 'node:fs';
import {type Browser, launch} from 'puppeteer-core';

const programs = [
  process.env.RELAYQ_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

export const chromium = programs.find(path => path !== undefined && isExecutable(path));

export const titleWithChromium = (title: string): string =>
  chromium === undefined ? `${title} (skipped: Chromium is not installed)` : title;

export const startChromium = (): Promise<Browser> =>
  launch({
    executablePath: chromium!,
    // It runs as root in containers, and shows pages of ours alone.
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none'],
  });
