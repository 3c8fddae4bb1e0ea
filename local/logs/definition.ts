// CloudWatch Logs as a part of the local cloud. Only the functions write to it.

import type {ServiceDefinition} from '../service-definition.ts';
import {CloudWatchLogs} from './cloudwatch-logs.ts';
import {type LogsResources, logsTemplate} from './log-group-resource.ts';
import {logsPermissionsFor} from './permissions.ts';
import {logsService} from './service.ts';

export const logs: ServiceDefinition<'logs', CloudWatchLogs, LogsResources> = {
  name: 'logs',
  open({account, store}) {
    const state = new CloudWatchLogs({...account, store});
    return {
      state,
      service: logsService(state),
      deploy({logGroups}) {
        for (const {name, retentionInDays} of logGroups) state.ensureGroup(name, {retentionInDays});
      },
      close: () => state.queries.close(),
    };
  },
  permissionsFor: logsPermissionsFor,
  template: logsTemplate,
};
