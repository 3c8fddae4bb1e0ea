import {expect, test} from 'vitest';
import {expectRight, expectWrong, parse} from '../settings-under-test.ts';

test('the suppression list counts when the setting says so, after one bounce, and for every message', () => {
  expectRight({suppression: 'on'}, {suppression: {isOn: true, after: 1, mayOverride: false}});
  expectRight(
    {suppression: 'on', 'suppression-after': '3', 'suppression-override': 'allowed'},
    {suppression: {isOn: true, after: 3, mayOverride: true}},
  );
  expectRight({suppression: 'off'}, {});
});

test('what is wrong is told', () => {
  expectWrong('suppression', 'yes', 'must be one of off, on');
  expectWrong('suppression-after', '-1', 'must be a whole number from 0 to 1000');
  expectWrong('suppression-override', 'true', 'must be one of refused, allowed');
});

test('a list that somebody wants, in a word that nobody knows, counts, and nothing is added to it', () => {
  const {settings} = parse({suppression: 'yes', 'suppression-override': 'allowed'});
  expect(settings.suppression).toEqual({isOn: true, after: 0, mayOverride: false});
});
