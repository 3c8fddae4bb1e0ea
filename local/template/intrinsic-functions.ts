// CloudFormation's intrinsic functions, as far as a synthesised stack uses them. What cannot be resolved is an error that
// names it: a queue URL that is silently `undefined` would only show up as a lost message.

import {isJsonObject} from '../json.ts';

export interface References {
  /** What `Ref` gives for a resource, a parameter or a pseudo parameter. @throws Error when unknown */
  ref(logicalId: string): unknown;
  /** @throws Error when unknown */
  attribute(logicalId: string, attribute: string): unknown;
}

type Intrinsic = (argument: unknown, references: References) => unknown;

/** Replaces every intrinsic function in a value by what it stands for. */
export function resolveIntrinsics(value: unknown, references: References): unknown {
  if (Array.isArray(value)) return value.map(item => resolveIntrinsics(item, references));
  if (!isJsonObject(value)) return value;
  const [only, ...others] = Object.keys(value);
  if (only !== undefined && others.length === 0 && (only === 'Ref' || only.startsWith('Fn::'))) {
    const intrinsic = intrinsics[only];
    if (intrinsic === undefined) throw new Error(`${only} is not known to the local cloud`);
    return intrinsic(value[only], references);
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, resolveIntrinsics(item, references)]),
  );
}

const textOf = (value: unknown, where: string): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`${where} takes a string, not ${JSON.stringify(value)}`);
};

const listOf = (value: unknown, where: string): readonly unknown[] => {
  if (!Array.isArray(value)) throw new Error(`${where} takes a list, not ${JSON.stringify(value)}`);
  return value;
};

/** Reads `Id.Attribute`, or its two halves. The name of an attribute may hold dots (Outputs.X). */
const attributePath = (argument: unknown): readonly [string, string] => {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.');
    if (dot > 0) return [argument.slice(0, dot), argument.slice(dot + 1)];
  }
  const [id, attribute] = Array.isArray(argument) ? argument : [];
  if (typeof id === 'string' && typeof attribute === 'string') return [id, attribute];
  throw new Error(`Fn::GetAtt takes a logical ID and an attribute, not ${JSON.stringify(argument)}`);
};

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, references) => references.ref(textOf(argument, 'Ref')),

  'Fn::GetAtt': (argument, references) => references.attribute(...attributePath(argument)),

  'Fn::Join': (argument, references) => {
    const [delimiter, items] = listOf(argument, 'Fn::Join');
    return listOf(resolveIntrinsics(items, references), 'Fn::Join')
      .map(item => textOf(item, 'Fn::Join'))
      .join(textOf(delimiter, 'Fn::Join'));
  },

  'Fn::Split': (argument, references) => {
    const [delimiter, text] = listOf(argument, 'Fn::Split');
    return textOf(resolveIntrinsics(text, references), 'Fn::Split').split(textOf(delimiter, 'Fn::Split'));
  },

  'Fn::Select': (argument, references) => {
    const [index, items] = listOf(argument, 'Fn::Select');
    const item = listOf(resolveIntrinsics(items, references), 'Fn::Select')[Number(index)];
    if (item === undefined) throw new Error(`Fn::Select has no item ${JSON.stringify(index)}`);
    return item;
  },

  'Fn::Sub': (argument, references) => {
    const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
    const own = resolveIntrinsics(variables ?? {}, references) as Record<string, unknown>;
    // ${!Literal} stands for ${Literal} (Fn::Sub, "Parameters").
    return textOf(text, 'Fn::Sub').replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (Object.hasOwn(own, name)) return textOf(own[name], 'Fn::Sub');
      const value = name.includes('.') ? references.attribute(...attributePath(name)) : references.ref(name);
      return textOf(value, 'Fn::Sub');
    });
  },
};
