// The checks, in the order of the report.

import type {Check} from './check.ts';
import {account} from './checks/account.ts';
import {bootstrap} from './checks/bootstrap.ts';
import {concurrency} from './checks/concurrency.ts';
import {cost} from './checks/cost.ts';
import {leftBehind} from './checks/left-behind.ts';
import {network} from './checks/network.ts';
import {port25} from './checks/port-25.ts';
import {port25Probe} from './checks/port-25-probe.ts';
import {settingsReads} from './checks/settings-reads.ts';
import {zones} from './checks/zones.ts';

/** Before the first deployment. */
export const firstChecks: readonly Check[] = [
  account,
  bootstrap,
  concurrency,
  settingsReads,
  leftBehind,
  network,
  zones,
  port25,
  cost,
];

/** After it. */
export const deployedChecks: readonly Check[] = [account, port25Probe];
