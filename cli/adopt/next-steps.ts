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
  // Only the checkout's app, and one like it, takes options from the command line.
  const isLikeOurs = stack === `relayq-${stage}`;
  const context = isLikeOurs
    ? ` -c stage=${stage}${makesAddress ? ' -c eipAllocationId=eipalloc-…' : ''}`
    : '';
  const cdk = (verb: string, more = '') => `npx cdk ${verb} ${quoted(stack)}${context}${more}`;
  const whereTo = isLikeOurs
    ? 'if there is none, leave out eipAllocationId'
    : 'if there is one, make it the prop eipAllocationId, and begin anew';
  return [
    ...(makesAddress ? [{what: `find the Elastic IP that the stage had; ${whereTo}`, type: addresses}] : []),
    {
      what: 'make a stack of what is there',
      type: cdk('import', ` --resource-mapping ${quoted(mappingPath)}`),
    },
    {what: 'add the rest', type: cdk('deploy')},
    {
      what: 'see whether what was there is as the stack says; where it is not, deploy with --revert-drift',
      type: cdk('drift'),
    },
  ];
}

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
