// The words of commands, as they have to be typed for the stage that is looked at.

import {useSession} from './session.ts';

export interface CommandWords {
  /** `relayq status --stage prod` */
  relayq(...words: string[]): string[];
  /** `aws sqs … --region eu-west-1` */
  aws(...words: string[]): string[];
  /** Of a queue by its name; undefined where the account is not known. */
  queueUrlOf(name: string): string | undefined;
  readonly stage: string;
}

const usualLocalUrl = 'http://127.0.0.1:4566';

export function useCommands(): CommandWords {
  const {stage, region, account, endpointUrl, isLocal} = useSession();
  const url = endpointUrl?.replace(/\/$/, '') ?? null;
  const isUsual = isLocal && url === usualLocalUrl;
  const ofRelayq = [
    ...(isLocal ? [] : ['--stage', stage, '--region', region]),
    ...(url === null || isUsual ? [] : ['--endpoint-url', url]),
  ];
  const ofAws = [...(url === null ? [] : ['--endpoint-url', url]), '--region', region];
  const suffix = region.startsWith('cn-') ? '.cn' : '';
  const host = url ?? `https://sqs.${region}.amazonaws.com${suffix}`;
  return {
    stage,
    queueUrlOf: name => (account === null ? undefined : `${host}/${account}/${name}`),
    relayq: (...words) => ['relayq', ...words, ...ofRelayq],
    aws: (...words) => ['aws', ...words, ...ofAws],
  };
}
