// AWS's query protocol (smithy.io, "AWS query protocol"): a form comes in whose keys are paths, XML goes out. A service
// names its lists and maps in its shapes.

import {AwsError} from '../aws-error.ts';
import {xmlElement, xmlText} from './xml.ts';

/** A list is repeated elements. A map is repeated elements of a key and a value. */
type FormShape =
  | {readonly list: string}
  | {readonly map: string; readonly key: string; readonly value: string};

export interface QueryShapes {
  /** The member that each name of the form stands for: `AttributeName` of `AttributeName.1`. */
  readonly input: Readonly<Record<string, FormShape>>;
  readonly integers: ReadonlySet<string>;
  /** The element that each item of a member becomes. */
  readonly output: Readonly<Record<string, FormShape>>;
}

type Node = {[key: string]: Node | string};

/** The form as a structure: `A.1.B=c` is {A: [{B: 'c'}]}. */
export function parseForm(form: URLSearchParams, shapes: QueryShapes): Record<string, unknown> {
  // Parameter names come from outside, and must not reach Object.prototype.
  const root: Node = Object.create(null);
  for (const [path, value] of form) {
    const steps = path.split('.');
    const last = steps.pop() as string;
    let node = root;
    for (const step of steps) {
      const next = node[step];
      const child: Node = typeof next === 'object' ? next : Object.create(null);
      node[step] = child;
      node = child;
    }
    node[last] = value;
  }
  return structureOf(root, shapes);
}

function structureOf(node: Node, shapes: QueryShapes): Record<string, unknown> {
  const structure: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(node)) {
    const shape = shapes.input[name];
    if (typeof value === 'string') {
      structure[name] = shapes.integers.has(name) ? integerOf(name, value) : value;
    } else if (shape === undefined) {
      structure[name] = structureOf(value, shapes);
    } else if ('list' in shape) {
      structure[shape.list] = itemsOf(value).map(item =>
        typeof item === 'string' ? item : structureOf(item, shapes),
      );
    } else {
      structure[shape.map] = Object.fromEntries(
        itemsOf(value).map(item => {
          const {[shape.key]: key, [shape.value]: content} =
            typeof item === 'string' ? {} : structureOf(item, shapes);
          return [String(key), content ?? ''];
        }),
      );
    }
  }
  return structure;
}

/** In the order of their numbers. */
const itemsOf = (node: Node): (Node | string)[] =>
  Object.entries(node)
    .filter(([key]) => /^\d+$/.test(key))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, item]) => item);

function integerOf(name: string, text: string): number {
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  throw new AwsError('MalformedInput', `Value ${text} for parameter ${name} is not an integer.`);
}

/** A structure's members as elements. */
export function xmlOf(structure: Readonly<Record<string, unknown>>, shapes: QueryShapes): string {
  return Object.entries(structure)
    .map(([name, value]) => memberXmlOf(name, value, shapes))
    .join('');
}

function memberXmlOf(name: string, value: unknown, shapes: QueryShapes): string {
  const shape = shapes.output[name];
  if (shape === undefined || typeof value !== 'object' || value === null) {
    return xmlElement(name, contentOf(value, shapes));
  }
  if ('list' in shape) {
    return (value as readonly unknown[])
      .map(item => xmlElement(shape.list, contentOf(item, shapes)))
      .join('');
  }
  return Object.entries(value)
    .map(([key, item]) =>
      xmlElement(
        shape.map,
        xmlElement(shape.key, xmlText(key)) + xmlElement(shape.value, contentOf(item, shapes)),
      ),
    )
    .join('');
}

const contentOf = (value: unknown, shapes: QueryShapes): string =>
  typeof value === 'object' && value !== null
    ? xmlOf(value as Readonly<Record<string, unknown>>, shapes)
    : xmlText(String(value));
