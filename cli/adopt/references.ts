// What the definition of a resource refers to: an import takes it as it stands, and fails where something is missing.

import {isJsonObject, type Json, type JsonObject} from '../../shared/json.ts';

/** Logical IDs, each once; AWS's own names, such as AWS::Region, are none. */
export function referencesIn({Properties = {}, DependsOn = []}: JsonObject): readonly string[] {
  const found = new Set([...referencedBy(Properties), ...[DependsOn].flat().map(String)]);
  return [...found].filter(id => !id.startsWith('AWS::'));
}

function* referencedBy(value: Json): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* referencedBy(item);
  if (!isJsonObject(value)) return;
  for (const [name, member] of Object.entries(value)) {
    if (name === 'Ref') yield String(member);
    // An array, or as `QUEUE.Arn`.
    else if (name === 'Fn::GetAtt') yield String(Array.isArray(member) ? member[0] : member).split('.')[0]!;
    else if (name === 'Fn::Sub') yield* substitutedIn(member);
    else yield* referencedBy(member);
  }
}

/** `${QUEUE}` and `${QUEUE.Arn}`; names in the second part stand for what is there, and `${!X}` is text. */
function* substitutedIn(value: Json): Generator<string> {
  const [text = '', own = {}] = Array.isArray(value) ? value : [value];
  for (const [, name = ''] of String(text).matchAll(/\$\{([^!}][^}]*)\}/g))
    if (!(isJsonObject(own) && Object.hasOwn(own, name))) yield name.split('.')[0]!;
  yield* referencedBy(own);
}
