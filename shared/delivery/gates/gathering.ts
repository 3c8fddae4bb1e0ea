// In the slow queue an opening takes long, and no connection is kept for a domain. So the first message of a lane lets
// those behind it catch up, that they share its connection.

import type {Candidate, Gate} from '../gate.ts';
import {isUnansweredGroup} from '../receivers/placement.ts';

const gatherMs = 1_000;

export const gathering: Gate = ({candidates}) => {
  const lanes = Map.groupBy(candidates, ({lane}) => lane);
  return (candidate, nowMs) =>
    isToGather(candidate) && lanes.get(candidate.lane)?.length === 1
      ? {kind: 'hide', untilMs: nowMs + gatherMs, cause: 'others of it are about to come'}
      : undefined;
};

const isToGather = ({deliveryQueue, lane, receives}: Candidate): boolean =>
  deliveryQueue === 'slow' && receives === 1 && lane !== undefined && !isUnansweredGroup(lane);
