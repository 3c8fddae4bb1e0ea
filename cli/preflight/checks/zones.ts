// Whether the availability zones of direct delivery are there, and take anything new now.

import {textOf} from '../../aws/query-api.ts';
import type {Check} from '../check.ts';

export const zones: Check = {
  name: 'zones',
  needsPermission: true,
  isFor: ({directMx, zones: named}) => directMx || named.length > 0,
  async look({clients, signal, zones: named}) {
    const api = await clients.queryApi();
    const list = 'availabilityZoneInfo';
    const found = await api.list('ec2', 'DescribeAvailabilityZones', {list}, signal);
    const states = new Map(found.map(zone => [textOf(zone, 'zoneName'), textOf(zone, 'zoneState')]));
    const isUp = (name: string) => states.get(name) === 'available';
    const available = [...states.keys()].filter(isUp).sort();
    // As Fn::GetAZs has them: in their order.
    const wanted = named.length > 0 ? named : [...states.keys()].sort().slice(0, 2);
    const text = `${available.length} of ${states.size} zones are available: ${available.join(', ')}`;
    const unknown = wanted.filter(name => !states.has(name));
    const down = wanted.filter(name => states.has(name) && !isUp(name));
    const others = available.slice(0, 2).join();
    const todo = available.length < 2 ? [] : [`deploy with -c zones=${others}`];
    if (unknown.length > 0)
      return {verdict: 'problem', text: `${text}; there is no ${unknown.join(', ')} for this account`, todo};
    if (wanted.length < 2)
      return {
        verdict: 'problem',
        text: `${text}; direct delivery needs two`,
        todo: ['choose another region'],
      };
    if (down.length > 0)
      return {
        verdict: 'warning',
        text: `${text}; ${down.map(name => `${name} is ${states.get(name)}`).join(', ')}`,
        todo,
      };
    return {verdict: 'ok', text: `${text}; the stack would be in ${wanted.join(' and ')}`};
  },
};
