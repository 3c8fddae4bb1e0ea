import {expect, test} from 'vitest';
import {readEnvironment} from '../../../functions/runtime/environment.ts';
import {needs, settingsMaxAge, variables} from '../../../shared/names.ts';

test('an environment is what a function needs, and no more', () => {
  const given = Object.fromEntries(Object.values(variables).map(name => [name, `value of ${name}`]));
  expect(readEnvironment(['stage', 'waitingUrl'], {...given, [settingsMaxAge]: '5'})).toEqual({
    stage: 'value of RELAYQ_STAGE',
    waitingUrl: 'value of RELAYQ_WAITING_URL',
    formerSenders: [''],
    settingsMaxAgeMs: 5000,
  });
});

test('a function that needs nothing of mail starts without the variables of mail', () => {
  expect(readEnvironment(['stage'], {[variables.stage]: 'dev'})).toMatchObject({stage: 'dev'});
});

test.each(['route', 'deliver'] as const)('%s does not start without one of its variables', folder => {
  const given = Object.fromEntries(needs[folder].map(name => [variables[name], 'x']));
  expect(() => readEnvironment(needs[folder], given)).not.toThrow();
  for (const name of needs[folder]) {
    const without = {...given, [variables[name]]: undefined};
    expect(() => readEnvironment(needs[folder], without)).toThrow(`environment: missing ${variables[name]}`);
  }
});

test('all that is missing is named at once', () => {
  const given = {[variables.waitingUrl]: ''};
  expect(() => readEnvironment(['stage', 'waitingUrl'], given)).toThrow(
    'environment: missing RELAYQ_STAGE, RELAYQ_WAITING_URL',
  );
});
