// Whether the CDK was bootstrapped in the account and region, and is as new as the template wants.

import {GetParameterCommand} from '@aws-sdk/client-ssm';
import type {Check, Plan} from '../check.ts';

/** Of the bootstrap that the CDK makes where nobody names another. */
const parameter = '/cdk-bootstrap/hnb659fds/version';
/** What the template's rule CheckBootstrapVersion asks for. */
export const leastVersion = 6;

export const bootstrap: Check = {
  name: 'bootstrap',
  needsPermission: true,
  async look(plan) {
    const found = await versionOf(plan);
    const todo = [`npx cdk bootstrap aws://${await whereOf(plan)}`];
    if (found === undefined)
      return {verdict: 'problem', text: `the CDK is not bootstrapped here: there is no ${parameter}`, todo};
    const version = Number(found);
    if (!Number.isInteger(version))
      return {verdict: 'problem', text: `${parameter} is ${found.slice(0, 20)}, and no number`, todo};
    const text = `the CDK's bootstrap has version ${version}; the template wants ${leastVersion} or later`;
    return version >= leastVersion ? {verdict: 'ok', text} : {verdict: 'problem', text, todo};
  },
};

async function versionOf({clients: {ssm}, signal}: Plan): Promise<string | undefined> {
  try {
    const {Parameter} = await ssm.send(new GetParameterCommand({Name: parameter}), {abortSignal: signal});
    return Parameter?.Value ?? '';
  } catch (error) {
    if ((error as Error).name === 'ParameterNotFound') return undefined;
    throw error;
  }
}

const whereOf = async ({clients, signal}: Plan): Promise<string> =>
  `${await clients.account(signal)}/${await clients.region()}`;
