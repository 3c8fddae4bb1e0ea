// One run: its steps in order, and the removing of everything at the end, however that comes.

import {awsProblemOf} from '../aws/aws-problem.ts';
import type {Context} from '../command/context.ts';
import {printable} from '../terminal/printable.ts';
import type {Belief, Finding} from './belief.ts';
import type {Deployment} from './deployment.ts';
import type {Notes, Step} from './step.ts';
import {chosenSteps} from './steps.ts';
import {Trial, type TrialOptions} from './trial.ts';
import {clean, leftParameters, leftQueues} from './what-is-left.ts';

export interface RunOptions extends TrialOptions {
  /** Names of steps; none means all. */
  readonly only: readonly string[];
  readonly onStep: (step: Step) => void;
  readonly onFinding: (finding: Finding) => void;
  /** Cleaning begins. */
  readonly onCleaning: () => void;
}

export interface Outcome {
  readonly findings: readonly Finding[];
  /** What went wrong, apart from what was found: in words, one a step. */
  readonly failures: readonly string[];
  /** What could not be removed, in words. */
  readonly left: readonly string[];
}

/** @throws Error where the stage is there already: it is not ours to remove */
export async function runSmoke(context: Context, options: RunOptions): Promise<Outcome> {
  const there = [...(await leftQueues(context)), ...(await leftParameters(context))];
  if (there.length > 0)
    throw new Error(
      `stage ${context.stage} has something already, such as ${there[0]}: remove what a run has left with relayq smoke --stage ${context.stage} --clean`,
    );
  const {deployment, isUp} = watched(options.deployment);
  const trial = new Trial(context, {...options, deployment});
  const findings: Finding[] = [];
  const failures: string[] = [];
  const left: string[] = [];
  try {
    for (const step of chosenSteps(options.only)) {
      if (context.signal.aborted) break;
      options.onStep(step);
      const failure = await runStep(step, trial, finding => {
        findings.push(finding);
        options.onFinding(finding);
      });
      if (failure === undefined) continue;
      failures.push(`${step.name}: ${failure}`);
      // Without a stage nothing can be tried.
      if (step.name === 'deploy') break;
    }
  } finally {
    options.onCleaning();
    // Ctrl-C has ended the steps. It does not end this.
    const undisturbed = {...context, signal: new AbortController().signal};
    left.push(...(await clean(undisturbed, isUp() ? deployment : undefined)));
  }
  return {findings, failures, left};
}

/** Knows whether there may be something to destroy: also what a deployment that failed has made. */
function watched({deploy, destroy}: Deployment) {
  let up = false;
  const deployment: Deployment = {
    deploy: async context => {
      up = true;
      await deploy(context);
    },
    destroy: async () => {
      await destroy();
      up = false;
    },
  };
  return {deployment, isUp: () => up};
}

/** @returns what went wrong, in words; undefined when the step came to its end */
async function runStep(
  step: Step,
  trial: Trial,
  onFinding: (finding: Finding) => void,
): Promise<string | undefined> {
  const open = new Set<Belief>(step.beliefs);
  const tell = (finding: Finding) => {
    open.delete(finding.belief);
    onFinding({...finding, seen: printable(finding.seen)});
  };
  const notes: Notes = {
    found: (belief, holds, seen) => tell({belief, verdict: holds ? 'holds' : 'differs', seen}),
    untried: (belief, why) => tell({belief, verdict: 'not tried', seen: why}),
  };
  let failure: string | undefined;
  try {
    await step.run(trial, notes);
  } catch (error) {
    failure = trial.context.signal.aborted ? 'it was interrupted' : printable(awsProblemOf(error as Error));
  }
  for (const belief of open) notes.untried(belief, failure ?? 'the step ended before');
  // What stays of it, the cleaning at the end removes.
  await trial.removeProbes().catch(() => {});
  return failure;
}
