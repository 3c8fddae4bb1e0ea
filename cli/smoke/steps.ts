// All steps, in their order. The first one makes the stage, and the last but one takes it down: these two always run.

import type {Step} from './step.ts';
import {age} from './steps/age.ts';
import {outOfReach} from './steps/beyond.ts';
import {burst} from './steps/burst.ts';
import {deploy} from './steps/deploy.ts';
import {destroy} from './steps/destroy.ts';
import {large} from './steps/large.ts';
import {pause} from './steps/pause.ts';
import {queues} from './steps/queues.ts';
import {redrive} from './steps/redrive.ts';
import {send} from './steps/send.ts';
import {settings} from './steps/settings.ts';
import {update} from './steps/update.ts';

const always: readonly Step[] = [deploy, destroy];

export const steps: readonly Step[] = [
  deploy,
  send,
  large,
  burst,
  queues,
  redrive,
  settings,
  pause,
  age,
  update,
  destroy,
  outOfReach,
];

/** @param only names of steps; none means all */
export const chosenSteps = (only: readonly string[]): readonly Step[] =>
  steps.filter(step => only.length === 0 || always.includes(step) || only.includes(step.name));
