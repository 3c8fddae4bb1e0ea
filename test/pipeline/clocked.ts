// Pipelines whose mail waits: windows that are collected for are short, and a clock goes on while nothing is on its way.

import type {TestClock} from '../../local/clock.ts';
import type {Resources} from '../../local/template/resources.ts';
import {type Pipeline, queuesOnTheWay} from './pipeline-under-test.ts';

export const minuteMs = 60_000;

/** What has waited is collected for a second: tests wait for it. */
export function shortWindows({eventSourceMappings}: Pick<Resources, 'eventSourceMappings'>): void {
  for (const mapping of eventSourceMappings)
    if (mapping.maximumBatchingWindowS > 0) mapping.maximumBatchingWindowS = 1;
}

/**
 * What the keeper sends within a step is on its way for the rest of it: less than the shortest visibility timeout, which is
 * route's.
 */
const stepMinutes = 1;

/** Nothing may be on its way when the clock jumps, nor wait for a function that has it: its visibility timeout would be over. */
export async function pass(pipeline: Pipeline, clock: TestClock, minutes: number): Promise<void> {
  for (let passed = 0; passed < minutes; passed += stepMinutes) {
    await quiet(pipeline);
    await clock.forward(Math.min(stepMinutes, minutes - passed) * minuteMs);
  }
  await quiet(pipeline);
}

const quiet = (pipeline: Pipeline): Promise<void> =>
  pipeline.until(() => {
    const {functions, sqs} = pipeline.cloud;
    const isIdle = [...functions.values()].every(({busy}) => busy === 0);
    return isIdle && queuesOnTheWay.every(queue => sqs.queue(queue).counts.inFlight === 0);
  });
