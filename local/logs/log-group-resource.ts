// The log groups of a template.

import type {TemplatePart} from '../template/reader.ts';

interface LogGroupResource {
  name: string;
  retentionInDays?: number;
}

export interface LogsResources {
  logGroups: LogGroupResource[];
}

export const logsTemplate: TemplatePart<LogsResources> = {
  identities: {
    'AWS::Logs::LogGroup': {
      nameProperty: 'LogGroupName',
      of: (name, {region, accountId}) => ({
        ref: name,
        attributes: {Arn: `arn:aws:logs:${region}:${accountId}:log-group:${name}:*`},
      }),
    },
  },
  read: reader => ({
    logGroups: reader.each('AWS::Logs::LogGroup', (logicalId, {RetentionInDays: days}, references) => ({
      name: references.ref(logicalId) as string,
      ...(days === undefined ? {} : {retentionInDays: Number(days)}),
    })),
  }),
};
