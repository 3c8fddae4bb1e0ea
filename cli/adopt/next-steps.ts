// What to type next, in its order, for people; and what to know about it.

import type {Gap} from './adoption.ts';

export interface Step {
  readonly what: string;
  readonly type: string;
}

export interface Steps {
  readonly stage: string;
  readonly stack: string;
  readonly mappingPath: string;
  readonly makesAddress: boolean;
}

/** Addresses that nothing uses: that of a stack that was deleted is one. */
const addresses = `aws ec2 describe-addresses --query 'Addresses[?AssociationId==null].[PublicIp,AllocationId]' --output text`;

export function nextSteps({stage, stack, mappingPath, makesAddress}: Steps): readonly Step[] {
  const cdk = (verb: string, more = '') => `npx cdk ${verb} ${stack}${contextOf(stage, stack)}${more}`;
  const withAddress = makesAddress ? ' -c eipAllocationId=eipalloc-…' : '';
  return [
    ...(makesAddress
      ? [
          {
            what: 'find the Elastic IP that the stage had; leave out eipAllocationId if there is none',
            type: addresses,
          },
        ]
      : []),
    {
      what: 'make a stack of what is there',
      type: cdk('import', `${withAddress} --resource-mapping ${quoted(mappingPath)}`),
    },
    {what: 'add the rest', type: cdk('deploy', withAddress)},
    {
      what: 'see whether what was there is as the stack says; where it is not, deploy with --revert-drift',
      type: cdk('drift', withAddress),
    },
  ];
}

/** Only the checkout's app, and one like it, knows the stage from the command line. */
const contextOf = (stage: string, stack: string): string =>
  stack === `relayq-${stage}` ? ` -c stage=${stage}` : '';

const quoted = (word: string): string =>
  /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** What to do about something that is not there, or not known to be. */
export function adviceOn({logicalId, type, name, neededBy}: Gap): {
  readonly what: string;
  readonly type?: string;
} {
  const who = neededBy.join(', ');
  if (name !== undefined) {
    const fifo = name.endsWith('.fifo') ? ' --attributes FifoQueue=true' : '';
    return {
      what: `${who}: not without ${name}, which is not there. Make it, and type this again:`,
      type: `aws sqs create-queue --queue-name ${name}${fifo}`,
    };
  }
  const what = type === undefined ? logicalId : `${logicalId} (${type})`;
  const key = type === 'AWS::KMS::Key' ? `: add "${logicalId}": {"KeyId": "…"} to the mapping` : '';
  return {what: `${who}: refers to ${what}, which must be in the stack, or be imported too${key}`};
}
