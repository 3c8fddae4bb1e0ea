// The words of commands, as they have to be typed for the stage that is looked at.

import {useSession} from './session.ts';

export interface CommandWords {
  /** `relayq status --stage prod` */
  relayq(...words: string[]): string[];
  /** `aws sqs … --region eu-west-1` */
  aws(...words: string[]): string[];
  readonly stage: string;
}

const usualLocalUrl = 'http://127.0.0.1:4566';

export function useCommands(): CommandWords {
  const {stage, region, endpointUrl, isLocal} = useSession();
  const url = endpointUrl?.replace(/\/$/, '') ?? null;
  const isUsual = isLocal && url === usualLocalUrl;
  const ofRelayq = [
    ...(isLocal ? [] : ['--stage', stage, '--region', region]),
    ...(url === null || isUsual ? [] : ['--endpoint-url', url]),
  ];
  const ofAws = [...(url === null ? [] : ['--endpoint-url', url]), '--region', region];
  return {
    stage,
    relayq: (...words) => ['relayq', ...words, ...ofRelayq],
    aws: (...words) => ['aws', ...words, ...ofAws],
  };
}
