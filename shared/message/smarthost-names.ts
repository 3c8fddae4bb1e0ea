// Names that are meant for the smarthost and its members, and that we do not know. A password under such a name would be
// neither used nor hidden, so it makes a message invalid.

import {isJsonObject, type JsonObject} from '../json.ts';
import type {Problem} from '../parsed.ts';

export const smarthostMembers = ['hostname', 'port', 'username', 'password', 'security'];

/** What other programs call them: lower case, without hyphens and the like. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  hostname: ['host', 'server', 'address', 'ip', 'name', 'url', 'uri'],
  username: ['user', 'login', 'account'],
  password: ['pass', 'passwd', 'pwd', 'secret'],
  'username and password': ['auth', 'authentication', 'credentials'],
  security: ['secure', 'tls', 'ssl', 'starttls', 'requiretls', 'ignoretls', 'encryption'],
};
const rightNames: ReadonlyMap<string, string> = new Map([
  ...smarthostMembers.map(member => [member, member] as const),
  ...Object.entries(otherNames).flatMap(([right, names]) => names.map(name => [name, right] as const)),
]);

/** `Smarthost`, `smart-host`, `smarthost-user`, … */
export const isNearlySmarthost = (name: string): boolean =>
  name !== 'smarthost' && /^(?:x-mq-)?smart[-_ ]?host(?:$|[-_.\s])/i.test(name);

/** A name that no program uses is not told: it may be a password in the wrong place. */
export function unknownOfSmarthost(properties: JsonObject): readonly Problem[] {
  const known = `known are ${smarthostMembers.join(', ')}`;
  const members = isJsonObject(properties.smarthost) ? Object.keys(properties.smarthost) : [];
  const names = members.filter(name => !smarthostMembers.includes(name));
  const problems = names.slice(0, smarthostMembers.length * 2).map(name => {
    const right = rightNames.get(name.slice(0, 20).toLowerCase().replace(/[-_ ]/g, ''));
    return right === undefined
      ? {path: 'smarthost', problem: `has a member that is unknown; ${known}`}
      : {path: `smarthost.${name.slice(0, 20)}`, problem: `is unknown: call it ${right}`};
  });
  if (Object.keys(properties).some(isNearlySmarthost))
    problems.push({
      path: '',
      problem: `has a property that is nearly called smarthost; in smarthost ${known}`,
    });
  return problems;
}
