// The embedded metric format ("CloudWatch embedded metric format specification"): a log event says of itself which of its
// members are metrics. What does not keep to the specification is no metric.

import {
  array,
  finite,
  type InferOutput,
  maxLength,
  minLength,
  number,
  object,
  optional,
  pipe,
  safeParse,
  string,
} from 'valibot';
import {isJsonObject, type JsonObject} from '../json.ts';

export interface Sample {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly unit: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly values: readonly number[];
}

const text = (most: number) => pipe(string(), minLength(1), maxLength(most));
const directive = object({
  Namespace: text(1024),
  Dimensions: optional(array(pipe(array(text(250)), maxLength(30))), []),
  Metrics: pipe(array(object({Name: text(1024), Unit: optional(text(100), 'None')})), maxLength(100)),
});
const metadata = object({Timestamp: optional(number()), CloudWatchMetrics: array(directive)});
const values = pipe(array(pipe(number(), finite())), minLength(1), maxLength(100));

type Directive = InferOutput<typeof directive>;

/** @param received when the event was logged */
export function samplesIn(message: string, received: number): readonly Sample[] {
  // Nearly all lines have none, and need not be parsed.
  if (!message.includes('"_aws"')) return [];
  const members = objectOf(message);
  const parsed = safeParse(metadata, members?._aws);
  if (members === undefined || !parsed.success) return [];
  const {Timestamp: timestamp = received, CloudWatchMetrics: directives} = parsed.output;
  return directives.flatMap(each => samplesOf(each, members, timestamp));
}

function samplesOf(
  {Namespace: namespace, Dimensions: sets, Metrics: metrics}: Directive,
  members: JsonObject,
  timestamp: number,
): readonly Sample[] {
  const dimensionSets = (sets.length === 0 ? [[]] : sets).map(names => dimensionsOf(names, members));
  return metrics.flatMap(({Name: name, Unit: unit}) => {
    const parsed = safeParse(values, [members[name] ?? []].flat());
    if (!parsed.success) return [];
    return dimensionSets.flatMap(dimensions =>
      dimensions === undefined ? [] : [{namespace, name, dimensions, unit, timestamp, values: parsed.output}],
    );
  });
}

/** Undefined when one of them is not there. */
function dimensionsOf(
  names: readonly string[],
  members: JsonObject,
): Readonly<Record<string, string>> | undefined {
  const entries = names.map(name => [name, members[name]] as const);
  const isUsable = entries.every(
    ([, value]) => typeof value === 'string' && value !== '' && value.length <= 1024,
  );
  return isUsable ? (Object.fromEntries(entries) as Record<string, string>) : undefined;
}

function objectOf(message: string): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(message);
    return isJsonObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
