// What a person is told of settings is true of all of them: each has its words, and the words are taken.

import {readFileSync} from 'node:fs';
import {expect, it} from 'vitest';
import {settingFactsOf} from '../../../shared/settings/setting-facts.ts';
import {parameterNames, parameterPrefixes, parseSettings} from '../../../shared/settings/settings.ts';

const manual = readFileSync(new URL('../../../docs/settings.md', import.meta.url), 'utf8');
const anchors = [...manual.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
  title!.toLowerCase().replaceAll(' ', '-'),
);

it.each([...parameterNames, ...parameterPrefixes.map(prefix => `${prefix}example.org`)])(
  '%s has a kind, words that the functions take, and a place in the manual',
  name => {
    const {allowed, doc} = settingFactsOf(name)!;
    const [page, anchor] = doc.split('#');
    expect(page).toBe('docs/settings.md');
    expect(anchors).toContain(anchor);
    const words = typeof allowed === 'string' ? [] : (allowed ?? []);
    for (const value of words) expect(parseSettings([{name, value}]).problems).toEqual([]);
    if (typeof allowed === 'string' && !/ is | to /.test(allowed))
      expect(parseSettings([{name, value: allowed}]).problems).toEqual([]);
  },
);

it('what is no setting has none', () => {
  expect([settingFactsOf('smart'), settingFactsOf('constructor')]).toEqual([undefined, undefined]);
});
