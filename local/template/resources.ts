// What the local cloud runs, as the template describes it: plain values, with no CloudFormation left in them.

import type {ScheduleResource} from '../events/schedule-resource.ts';
import type {RoleResource} from '../iam/role-resource.ts';
import type {EventSourceMappingResource} from '../lambda/event-source-mapping-resource.ts';
import type {FunctionResource} from '../lambda/function-resource.ts';
import type {ServiceResources} from '../services.ts';

export type Resources = ServiceResources & {
  functions: FunctionResource[];
  eventSourceMappings: EventSourceMappingResource[];
  schedules: ScheduleResource[];
  roles: RoleResource[];
  /** What the template has and the local cloud does not run. */
  notRun: {logicalId: string; type: string}[];
};
