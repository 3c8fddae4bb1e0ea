// `relayq preflight`: whether the account is ready for a stage, before its first deployment; and whether port 25 is
// open, after it. Nothing is changed.

import {areZones, availabilityZone, zonesWanted} from '../../shared/availability-zones.ts';
import {parseHostname} from '../../shared/smtp/address.ts';
import {concurrencyWith, leastConcurrency, mostConcurrency} from '../../shared/stage-concurrency.ts';
import {utcTimeOf} from '../../shared/utc-time.ts';
import type {Act, AddCommand} from '../command/command.ts';
import {UsageError} from '../command/problems.ts';
import {paintOf} from '../terminal/paint.ts';
import {timeText} from '../terminal/time.ts';
import type {Plan} from './check.ts';
import {checkedOf, isAllShut} from './checked.ts';
import {deployedChecks, firstChecks} from './checks.ts';
import {documentOf, reportLines} from './report.ts';

interface PreflightOptions {
  readonly routeConcurrency?: string;
  readonly deliverConcurrency?: string;
  readonly slowConcurrency?: string;
  readonly directMx?: boolean;
  readonly zones?: string;
  readonly deployed?: boolean;
  readonly to: string;
}

export const preflight: AddCommand = (program, acting) =>
  void program
    .command('preflight')
    .summary('whether the account is ready for a stage')
    .description(
      'Looks at the account and the region before the first deployment, with your credentials, and changes nothing. ' +
        'Exit status 1 where there is a problem, 3 where you may not look at anything.',
    )
    .option('--route-concurrency <n>', 'as -c routeConcurrency: 10 by default')
    .option('--deliver-concurrency <n>', 'as -c deliverConcurrency: 50 by default')
    .option('--slow-concurrency <n>', 'as -c slowConcurrency: a fifth of deliver’s by default')
    .option('--direct-mx', 'as -c directMx=true')
    .option('--zones <names>', 'as -c zones, with commas')
    .option('--deployed', 'after the deployment: try port 25 from the deployed function, and nothing else')
    .option('--to <domain>', 'whose MX host it connects to then', 'gmail.com')
    .action(acting(check));

const check: Act<[PreflightOptions]> = async (context, options) => {
  const {terminal, json, stage, local, now} = context;
  const plan = planOf(context, options);
  const checks = options.deployed ? deployedChecks : firstChecks;
  const checked = await checkedOf(checks, plan);
  const nowMs = now();
  if (json) {
    const {concurrency, directMx, zones} = plan;
    const asked = options.deployed ? {to: plan.to} : {concurrency, directMx, zones};
    const document = {version: 1, stage, time: utcTimeOf(nowMs), ...asked, ...documentOf(checked)};
    terminal.say(JSON.stringify(document));
  } else {
    const paint = paintOf(terminal.hasColours);
    terminal.say(`${paint(`relayq ${stage}`, 'bold')}  ${timeText(nowMs, local)}`);
    terminal.say('');
    for (const line of reportLines(checked, {columns: terminal.columns, paint})) terminal.say(line);
  }
  if (checked.some(({verdict}) => verdict === 'problem')) return 1;
  return isAllShut(checks, checked) ? 3 : 0;
};

function planOf(
  {stage, clients, signal}: Pick<Plan, 'stage' | 'clients' | 'signal'>,
  options: PreflightOptions,
): Plan {
  const given = {
    route: numberOf('--route-concurrency', options.routeConcurrency),
    deliver: numberOf('--deliver-concurrency', options.deliverConcurrency),
    slow: numberOf('--slow-concurrency', options.slowConcurrency),
  };
  const zones = options.zones === undefined ? [] : options.zones.split(',');
  if (!zones.every(zone => availabilityZone.pattern.test(zone)))
    throw new UsageError(`--zones: ${availabilityZone.what}, with commas`);
  if (!areZones(zones)) throw new UsageError(`--zones: ${zonesWanted}`);
  const to = parseHostname(options.to);
  if (!to.ok) throw new UsageError('--to: a domain, such as gmail.com');
  const directMx = options.directMx ?? false;
  return {stage, clients, signal, concurrency: concurrencyWith(given), directMx, zones, to: to.value};
}

function numberOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= leastConcurrency && value <= mostConcurrency) return value;
  throw new UsageError(`${option}: a whole number from ${leastConcurrency} to ${mostConcurrency}`);
}
