// Changes settings of a stage: judges the change, asks, writes it, and waits until the functions have it.

import type {Changes} from '../../shared/settings/writing-order.ts';
import type {ExitStatus} from '../command/command.ts';
import type {Context} from '../command/context.ts';
import {printable} from '../terminal/printable.ts';
import {type InForce, InForceWatch} from './in-force.ts';
import {judgedChange, mayWrite, written} from './judged-change.ts';
import type {Versions} from './write-parameters.ts';

/** Seconds to wait until it is in force; false is not at all. */
export type Wait = number | false;

export async function changeSettings(context: Context, wanted: Changes, wait: Wait): Promise<ExitStatus> {
  const {terminal} = context;
  const judged = await judgedChange(context, wanted);
  for (const note of judged.notes) terminal.tell(printable(note));
  if (judged.changes.size === 0) return report(context, new Map(), undefined);
  await mayWrite(context, judged);
  const watch = wait === false ? undefined : await begun(context);
  const versions = await written(judged);
  const inForce = watch && (await waited(context, watch, {versions, seconds: wait || 0}));
  return report(context, versions, inForce);
}

/** Who may write settings may not always read logs. */
async function begun(context: Context): Promise<InForceWatch | undefined> {
  const watch = new InForceWatch(context);
  try {
    await watch.begin();
    return watch;
  } catch (error) {
    return untold(context, error as Error);
  }
}

async function waited(
  context: Context,
  watch: InForceWatch,
  {versions, seconds}: {readonly versions: Versions; readonly seconds: number},
): Promise<InForce | undefined> {
  try {
    return await watch.wait(versions, seconds);
  } catch (error) {
    if (context.signal.aborted)
      context.terminal.tell('it is written; nobody waits for the functions any more');
    return untold(context, error as Error);
  }
}

function untold({terminal, signal}: Context, error: Error): undefined {
  if (signal.aborted) throw error;
  terminal.tell(`the logs cannot be read, so there is no waiting: ${printable(error.message)}`);
  return undefined;
}

const words: Readonly<Record<InForce, string>> = {
  yes: 'in force',
  'no function is running': 'no function is running: the next mail finds it',
  'not seen':
    'no function has said yet that it is in force: each reads settings once a minute, when it has mail',
  refused: 'not in force: deploy this version first',
};

/** @param inForce undefined when nobody waited */
function report({terminal, json}: Context, versions: Versions, inForce: InForce | undefined): ExitStatus {
  if (json) {
    const changed = [...versions].map(([name, version]) => ({name, version: version ?? null}));
    terminal.say(JSON.stringify({version: 1, changed, inForce: inForce ?? 'not waited for'}));
  } else {
    for (const [name, version] of versions)
      terminal.say(version === undefined ? `${name} removed` : `${name} set (version ${version})`);
    if (inForce !== undefined) terminal.say(words[inForce]);
  }
  return inForce === 'refused' ? 1 : 0;
}
