// `relayq adopt`: what a stage has left behind when its stack was deleted becomes part of a new stack. This finds it,
// writes down what `cdk import` needs to know, and says what to type. It changes nothing in AWS.

import {readFile, writeFile} from 'node:fs/promises';
import type {Act, AddCommand} from '../command/command.ts';
import type {Context} from '../command/context.ts';
import {countOf, printable} from '../terminal/printable.ts';
import {type Adoption, adoptionOf, type Mapping} from './adoption.ts';
import {isDeployed, leftOverOf} from './left-over.ts';
import {adviceOn, nextSteps, type Step} from './next-steps.ts';
import {readStageTemplate} from './stage-template.ts';

interface AdoptOptions {
  readonly template?: string;
  readonly mapping?: string;
}

export const adopt: AddCommand = (program, acting) => {
  program
    .command('adopt')
    .summary('takes over what a deleted stack has left behind')
    .description(
      'Finds queues, log groups and the suppression list that a deleted stack has left, writes a mapping for cdk import, and says what to type next.',
    )
    .option('--template <file>', 'as cdk synth has made it (default: cdk.out/relayq-STAGE.template.json)')
    .option('--mapping <file>', 'the new file for cdk import (default: STACK.adopt.json)')
    .action(acting(act));
};

const act: Act<[AdoptOptions]> = async (context, options) => {
  const {stage, json, terminal} = context;
  const template = await readStageTemplate(
    options.template ?? `cdk.out/relayq-${stage}.template.json`,
    stage,
  );
  const {stack, makesAddress} = template;
  if (await isDeployed(context)) return finish(context, {state: 'deployed', stack});
  const adoption = adoptionOf(template, await leftOverOf(context, template.kept));
  if (adoption.names.length === 0) return finish(context, {state: 'nothing', stack});
  // Without a queue of the stage's own the rest cannot be imported: a mapping would only mislead.
  if (adoption.gaps.some(({name}) => name !== undefined))
    return finish(context, {state: 'incomplete', stack, adoption});
  const mappingPath = options.mapping ?? `${stack}.adopt.json`;
  await writeMapping(mappingPath, adoption.mapping);
  if (!json) terminal.tell(`${countOf(adoption.names.length, 'thing')} to adopt: ${mappingPath} has them`);
  const steps = nextSteps({stage, stack, mappingPath, makesAddress});
  return finish(context, {state: 'adoptable', stack, adoption, mappingPath, steps});
};

interface Finding {
  readonly state: 'deployed' | 'nothing' | 'incomplete' | 'adoptable';
  readonly stack: string;
  readonly adoption?: Adoption;
  readonly mappingPath?: string;
  readonly steps?: readonly Step[];
}

function finish(context: Context, finding: Finding): 0 | 1 {
  const {stage, json, terminal} = context;
  const {adoption, ...found} = finding;
  if (json) terminal.say(JSON.stringify({version: 1, stage, ...found, ...adoption}));
  else tellPeople(context, finding);
  return (adoption?.gaps.length ?? 0) > 0 ? 1 : 0;
}

function tellPeople({terminal, stage}: Context, {state, adoption, steps = []}: Finding): void {
  if (state === 'deployed')
    terminal.say(`stage ${stage} is deployed: there is nothing to adopt, cdk deploy changes it`);
  if (state === 'nothing') terminal.say(`nothing of stage ${stage} is there: cdk deploy makes it anew`);
  const {names = [], missing = [], gaps = []} = adoption ?? {};
  for (const name of names) terminal.say(`is there: ${name}`);
  for (const name of missing) terminal.say(`is not there: ${name}`);
  for (const gap of gaps) {
    const {what, type} = adviceOn(gap);
    terminal.tell(`\n${printable(what)}`);
    if (type !== undefined) terminal.tell(`   ${type}`);
  }
  for (const [index, {what, type}] of steps.entries())
    terminal.say(`\n${index + 1}. ${what}:\n   ${printable(type)}`);
  if (steps.length > 0) for (const note of notes) terminal.tell(note);
  if (missing.length > 0) terminal.tell(sameName);
}

const notes = [
  '\nAdd the -c options, and --app, that the stage was deployed with. A deployment that has failed leaves a stack that is in the way:',
  'cdk destroy removes it, and keeps all of this.',
];
const sameName = 'SQS takes the name of a deleted queue again after 60 s: wait so long before one is made.';

/** Whoever types it again has the same file; a line that somebody has added stays. */
async function writeMapping(path: string, mapping: Mapping): Promise<void> {
  const text = `${JSON.stringify(mapping, undefined, 2)}\n`;
  try {
    await writeFile(path, text, {flag: 'wx', mode: 0o600});
  } catch (error) {
    const {code, message} = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') throw new Error(`${path} cannot be written: ${message}`, {cause: error});
    if ((await readFile(path, 'utf8')) !== text)
      throw new Error(`${path} is there already, and says something else: delete it, or name another one`, {
        cause: error,
      });
  }
}
