// The pages of the documentation: every link in them leads somewhere, and the README stays short.

import {globSync} from 'node:fs';
import {readFile, stat} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {projectRoot} from './global-setup.ts';

const pages = globSync(['*.md', 'docs/*.md', 'local/*.md'], {cwd: projectRoot}).sort();

/** What code shows is no link. */
const withoutCode = (text: string): string =>
  text.replaceAll(/^ *```.*?^ *```$/gms, '').replaceAll(/`[^`\n]*`/g, 'code');

const textOf = (page: string): Promise<string> => readFile(join(projectRoot, page), 'utf8');

/** The anchors that GitHub gives to a page's headings. */
const anchorsOf = (text: string): readonly string[] =>
  [...text.replaceAll(/^ *```.*?^ *```$/gms, '').matchAll(/^#+ +(.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );

const linksOf = (text: string): readonly string[] =>
  [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!)
    .filter(target => !/^[a-z]+:/.test(target));

/** @returns what is wrong with the link; undefined when it leads somewhere */
async function problemOf(page: string, link: string): Promise<string | undefined> {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  const found = await stat(join(projectRoot, target)).catch(() => undefined);
  if (found === undefined) return `${link}: there is no ${target}`;
  if (anchor === undefined || anchorsOf(await textOf(target)).includes(anchor)) return undefined;
  return `${link}: ${target} has no such heading`;
}

describe.each(pages)('%s', page => {
  it('has links that lead somewhere', async () => {
    const problems = await Promise.all(linksOf(await textOf(page)).map(link => problemOf(page, link)));
    expect(problems.filter(problem => problem !== undefined)).toEqual([]);
  });
});

it('links every page of docs/ from the README', async () => {
  const linked = linksOf(await textOf('README.md')).map(link => link.split('#')[0]);
  expect(pages.filter(page => page.startsWith('docs/') && !linked.includes(page))).toEqual([]);
});

it('has a README of at most 130 lines', async () => {
  expect((await textOf('README.md')).split('\n').length).toBeLessThanOrEqual(130);
});
