// Header fields that are added to a text that lacks them; none without it.

import {type AddableField, addableFields} from '../../message/missing-fields.ts';
import {type Parsed, right, wrong} from '../../parsed.ts';
import type {NamedGroup} from '../setting-group.ts';

export const addHeaders: NamedGroup<ReadonlySet<AddableField>> = {
  names: ['add-headers'],
  read: (reader, name) => new Set(reader.list(name, parseName)),
};

function parseName(text: string): Parsed<AddableField> {
  const name = addableFields.find(each => each === text.toLowerCase());
  return name === undefined ? wrong(`must be a list of ${addableFields.join(', ')}`) : right(name);
}
