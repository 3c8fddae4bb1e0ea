// The list of all groups. A new setting is a file in groups/ and a line here.

import {addHeaders} from './groups/add-headers.ts';
import {capacity} from './groups/capacity.ts';
import {classes} from './groups/classes.ts';
import {dkim} from './groups/dkim.ts';
import {dkimUnsigned} from './groups/dkim-unsigned.ts';
import {errors} from './groups/errors.ts';
import {heloName} from './groups/helo-name.ts';
import {maxAttempts} from './groups/max-attempts.ts';
import {maxDeliverTime} from './groups/max-deliver-time.ts';
import {mqHeaders} from './groups/mq-headers.ts';
import {mx} from './groups/mx.ts';
import {pauses} from './groups/pauses.ts';
import {sink, smarthost} from './groups/relays.ts';
import {resultsDetail} from './groups/results-detail.ts';
import {resultsKinds} from './groups/results-kinds.ts';
import {retryIntervals} from './groups/retry-intervals.ts';
import {sevenBit} from './groups/seven-bit.ts';
import {smarthostPrivateAddresses} from './groups/smarthost-private-addresses.ts';
import {strict} from './groups/strict.ts';
import {suppression} from './groups/suppression.ts';
import {windows} from './groups/windows.ts';
import type {NamedGroup, PrefixGroup} from './setting-group.ts';

export const settingGroups = {
  smarthost,
  sink,
  retryIntervals,
  maxDeliverTime,
  maxAttempts,
  heloName,
  mx,
  mqHeaders,
  strict,
  addHeaders,
  sevenBit,
  smarthostPrivateAddresses,
  resultsKinds,
  resultsDetail,
  capacity,
  dkim,
  dkimUnsigned,
  classes,
  suppression,
  pauses,
  errors,
  windows,
};

export type SettingName = keyof typeof settingGroups;

export type GroupValues = {readonly [N in SettingName]: ValueOf<(typeof settingGroups)[N]>};

type ValueOf<G> =
  G extends PrefixGroup<infer T> ? ReadonlyMap<string, T> : G extends NamedGroup<infer T> ? T : never;
