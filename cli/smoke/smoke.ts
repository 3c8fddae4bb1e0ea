// `relayq smoke`: deploys a stage of its own, tries on it what is believed of AWS, and removes it.

import {setTimeout as delay} from 'node:timers/promises';
import {parsePort} from '../../shared/parsed.ts';
import type {Act, AddCommand, ExitStatus} from '../command/command.ts';
import type {Context} from '../command/context.ts';
import {UsageError} from '../command/problems.ts';
import {cdkDeployment} from './cdk-deployment.ts';
import {type Pass, smokeContext} from './deployment.ts';
import {documentOf, findingLines, summaryLines} from './report.ts';
import {type Outcome, type RunOptions, runSmoke} from './run-smoke.ts';
import {steps} from './steps.ts';
import type {Smarthost} from './trial.ts';
import {clean} from './what-is-left.ts';

interface SmokeOptions {
  readonly only?: readonly string[];
  readonly smarthost?: string | undefined;
  readonly recipient?: string;
  readonly app?: string;
  readonly clean?: boolean;
}

/** Where the stage is made, how time passes, and how long nothing may come: these are others in a test. */
export type Surroundings = Pick<RunOptions, 'deployment' | 'pass' | 'patienceMs'>;

export const smoke: AddCommand = (program, acting) =>
  void program
    .command('smoke')
    .summary('tries on AWS what relayq believes of it')
    .description(
      'Deploys a stage of its own, tries what relayq believes of AWS, says what differs, and removes everything. Takes about an hour, and costs some cents.',
    )
    .option('--smarthost <host:port>', 'where mail goes; without it, none leaves')
    .option('--recipient <address>', 'whom it is to, if the smarthost does not take everything')
    .option('--only <step...>', `some steps: ${steps.map(({name}) => name).join(', ')}`)
    .option('--app <command>', 'the CDK app that has the stage, in place of the checkout’s')
    .option('--clean', 'only removes what a run has left')
    .addHelpText(
      'after',
      `
The name of the stage must begin with smoke.
Exit status: 0 when all that was tried holds and nothing is left, 1 when not.`,
    )
    .action(
      acting((context: Context, options: SmokeOptions) =>
        smokeWith(context, options, {
          deployment: cdkDeployment(context, smokeContext, options.app),
          pass,
          patienceMs: 5 * 60_000,
        }),
      ),
    );

const pass: Pass = (ms, signal) => delay(ms, undefined, {signal});

export const smokeWith = async (
  context: Context,
  options: SmokeOptions,
  surroundings: Surroundings,
): Promise<ExitStatus> => {
  const {stage, terminal, json} = context;
  if (!stage.startsWith('smoke'))
    throw new UsageError('--stage: a name that begins with smoke, as the stage is removed at the end');
  const {only = [], recipient} = options;
  const unknown = only.filter(name => !steps.some(step => step.name === name));
  if (unknown.length > 0) throw new UsageError(`--only: there is no step ${unknown.join(', ')}`);
  const smarthost = options.smarthost === undefined ? undefined : parseSmarthost(options.smarthost);
  if (recipient !== undefined && smarthost === undefined)
    throw new UsageError('--recipient: needs --smarthost, as without one no mail leaves');
  if (options.clean) return cleanOnly(context, surroundings);
  await context.mayChange(
    'deploy this stage for about an hour, for some cents, send it some 300 messages, and delete all of it',
    'destructive',
  );
  const outcome = await runSmoke(context, {
    ...surroundings,
    smarthost,
    recipient,
    only,
    onStep: ({name, about}) => terminal.tell(`${name}: ${about}`),
    onFinding: finding => {
      if (!json) for (const line of findingLines(finding)) terminal.say(line);
    },
    onCleaning: () => terminal.tell('removing what the run has made; Ctrl-C again leaves it there'),
  });
  if (json) terminal.say(JSON.stringify(documentOf(stage, outcome)));
  else for (const line of summaryLines(outcome)) terminal.say(line);
  context.signal.throwIfAborted();
  return isGood(outcome) ? 0 : 1;
};

const isGood = ({findings, failures, left}: Outcome): boolean =>
  failures.length === 0 && left.length === 0 && findings.every(({verdict}) => verdict !== 'differs');

const cleanOnly: Act<[Surroundings]> = async (context, {deployment}) => {
  await context.mayChange('delete all of it', 'destructive');
  const left = await clean(context, deployment);
  const {terminal, json, stage} = context;
  if (json) terminal.say(JSON.stringify(documentOf(stage, {findings: [], failures: [], left})));
  else for (const line of left.length === 0 ? ['nothing is left'] : left) terminal.say(line);
  return left.length === 0 ? 0 : 1;
};

function parseSmarthost(text: string): Smarthost {
  const [, host, digits = ''] = /^([\w.-]{1,253}|\[[\d:a-f.]+\]):(\d{1,5})$/i.exec(text) ?? [];
  const port = parsePort(digits);
  if (host === undefined || !port.ok) throw new UsageError('--smarthost: HOST:PORT, such as 192.0.2.1:2525');
  return {host, port: port.value};
}
