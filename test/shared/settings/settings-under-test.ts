// Settings as tests read them from parameters, and what they are without any.

import {expect} from 'vitest';
import {parseSettings, type Reading, type Settings} from '../../../shared/settings/settings.ts';

export const readingOf = (parameters: Record<string, string>, before?: Reading): Reading =>
  parseSettings(
    Object.entries(parameters).map(([name, value]) => ({name, value})),
    before,
  );

export const parse = (parameters: Record<string, string>, before?: Reading) => {
  const {settings, problems} = readingOf(parameters, before);
  return {settings, problems};
};

export const defaults: Settings = {
  smarthost: undefined,
  sink: undefined,
  retryIntervals: [600, 600, 1800, 1800, 3600, 3600, 7200],
  maxDeliverTime: 86_400,
  maxAttempts: 0,
  heloName: undefined,
  mx: {port: 25, privateAddresses: false, nameServers: [], mtaSts: true},
  capacity: new Map(),
  classes: new Map(),
  pauses: new Map(),
  errors: new Map(),
  windows: new Map(),
  mqHeaders: 'obeyed',
  strict: false,
  addHeaders: new Set(),
  sevenBit: false,
  smarthostPrivateAddresses: false,
  resultsKinds: new Set(['results', 'success', 'failure', 'retry']),
  dkim: {rules: [], expireSeconds: undefined},
  dkimUnsigned: new Map(),
  resultsDetail: new Set(),
  suppression: {isOn: false, after: 1, mayOverride: false},
  unknown: new Set(),
};

/** Parameters that are right, and all that they change. */
export const expectRight = (parameters: object, expected: object): void =>
  expect(parse(parameters as Record<string, string>)).toEqual({
    settings: {...defaults, ...expected},
    problems: [],
  });

/** A parameter that is wrong, and the one problem that is told of it. */
export const expectWrong = (name: string, value: string, problem: string): void =>
  expect(parse({[name]: value}).problems).toEqual([{path: name, problem}]);
