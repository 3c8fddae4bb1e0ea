// Port 25 after a deployment: the function that delivers connects to an MX host, reads the greeting, and leaves.

import {InvokeCommand} from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import {namesOf} from '../../../shared/names.ts';
import type {Check, Finding, Plan} from '../check.ts';
import {askForPort25} from '../port-25-request.ts';

const text = v.string();
const answerSchema = v.object({
  connected: v.boolean(),
  stage: v.picklist(['event', 'dns', 'connect', 'intro']),
  host: v.optional(text),
  port: v.optional(v.number()),
  greeting: v.optional(text),
  problem: v.optional(text),
});
type Answer = v.InferOutput<typeof answerSchema>;

export const port25Probe: Check = {
  name: 'port-25',
  needsPermission: true,
  async look(plan) {
    const {deliver} = namesOf(plan.stage);
    const {error, answer} = await invoked(plan, deliver);
    if (error !== undefined) return error;
    if (answer === undefined)
      return {
        verdict: 'unknown',
        text: `${deliver} has no answer to that`,
        todo: ['deploy this version of relayq, and look for its error with relayq tail'],
      };
    return findingOf(answer, plan);
  },
};

async function invoked(
  {clients, signal, stage, to}: Plan,
  deliver: string,
): Promise<{readonly error?: Finding; readonly answer?: Answer | undefined}> {
  const lambda = await clients.lambda();
  const Payload = Buffer.from(JSON.stringify({relayq: {probe: {domain: to}}}));
  const command = new InvokeCommand({FunctionName: deliver, InvocationType: 'RequestResponse', Payload});
  try {
    const {FunctionError, Payload: payload} = await lambda.send(command, {abortSignal: signal});
    return FunctionError === undefined ? {answer: answerIn(payload)} : {};
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
    const todo = [`deploy it: npx cdk deploy -c stage=${stage} -c directMx=true`];
    return {error: {verdict: 'problem', text: `there is no function ${deliver}`, todo}};
  }
}

function answerIn(payload: Uint8Array | undefined): Answer | undefined {
  try {
    const parsed = v.safeParse(answerSchema, JSON.parse(Buffer.from(payload ?? []).toString()));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

function findingOf({connected, stage, host, port, greeting, problem}: Answer, {to}: Plan): Finding {
  const where = `port ${port} of ${host}`;
  if (greeting !== undefined)
    return {verdict: 'ok', text: `deliver reaches ${where}, which says: ${greeting}`};
  if (connected)
    return {
      verdict: 'warning',
      text: `deliver reaches ${where}, and is not greeted: ${problem}`,
      todo: ['try another: --to DOMAIN'],
    };
  if (stage === 'connect')
    return {verdict: 'problem', text: `deliver does not reach ${where}: ${problem}`, todo: askForPort25};
  return {
    verdict: 'unknown',
    text: `the MX hosts of ${to} were not found: ${problem}`,
    todo: ['try another: --to DOMAIN'],
  };
}
