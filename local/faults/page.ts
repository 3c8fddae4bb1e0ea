// The faults for people, at /_relayq/faults of the endpoint: GET shows those in force, PUT replaces them, POST adds to
// them, DELETE removes them all.
//
//   curl -X PUT http://127.0.0.1:4566/_relayq/faults -d '[{"fault": "throttle", "operation": "SendMessage*", "rate": 0.5}]'

import type {Door, Reply} from '../endpoint/door.ts';
import {readBody} from '../endpoint/request-body.ts';
import {parseFaults} from './fault.ts';
import type {Faults} from './faults.ts';

export const faultsDoor = (faults: Faults): Door => ({
  takes: ({path}) => path === '/_relayq/faults',
  reply: async ({request}) => replyTo(request.method ?? '', (await readBody(request)).toString(), faults),
});

function replyTo(method: string, body: string, faults: Faults): Reply {
  switch (method) {
    case 'GET':
      return answer(200, faults.active);
    case 'DELETE':
      faults.clear();
      return answer(200, faults.active);
    case 'PUT':
    case 'POST':
      return change(faults, body, method === 'PUT');
    default:
      return answer(405, {problems: [`${method}: only GET, PUT, POST and DELETE`]});
  }
}

/** Adds all of them, or none when anything is wrong. */
function change(faults: Faults, body: string, replace: boolean): Reply {
  const {value, problem} = jsonOf(body);
  if (problem !== undefined) return answer(400, {problems: [problem]});
  const parsed = parseFaults(value);
  const problems = parsed.ok ? parsed.faults.flatMap(fault => faults.problemsOf(fault)) : parsed.problems;
  if (!parsed.ok || problems.length > 0) return answer(400, {problems});
  if (replace) faults.clear();
  for (const fault of parsed.faults) faults.add(fault);
  return answer(200, faults.active);
}

function jsonOf(text: string): {readonly value?: unknown; readonly problem?: string} {
  try {
    return {value: JSON.parse(text)};
  } catch (error) {
    return {problem: `not JSON: ${(error as Error).message}`};
  }
}

const answer = (status: number, content: unknown): Reply => ({
  status,
  headers: {'content-type': 'application/json'},
  body: `${JSON.stringify(content, null, 2)}\n`,
});
