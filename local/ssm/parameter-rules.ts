// What a parameter's value may be, and how the next version follows from the one before (API Reference, PutParameter).

import {
  invalid,
  invalidAllowedPattern,
  notHere,
  parameterAlreadyExists,
  patternMismatch,
  typeMismatch,
} from './errors.ts';
import {ciphertextOf, managedKey, type ParameterType, type ParameterVersion, type Tier} from './parameter.ts';

export const tiers = ['Standard', 'Advanced', 'Intelligent-Tiering'] as const;

export interface PutRequest {
  readonly value: string;
  readonly overwrite: boolean;
  readonly type?: ParameterType | undefined;
  readonly tier?: (typeof tiers)[number] | undefined;
  readonly dataType?: string | undefined;
  readonly description?: string | undefined;
  readonly allowedPattern?: string | undefined;
  readonly keyId?: string | undefined;
}

/** "Standard parameters have a value limit of 4 KB. Advanced parameters have a value limit of 8 KB." */
const mostOctets: Readonly<Record<Tier, number>> = {Standard: 4096, Advanced: 8192};

/** @param latest the version before; undefined for the first one */
export function nextVersion(
  request: PutRequest,
  latest: ParameterVersion | undefined,
  modifiedMs: number,
): ParameterVersion {
  if (latest !== undefined && !request.overwrite) throw parameterAlreadyExists();
  const type = typeOf(request, latest);
  const tier = tierOf(request, latest);
  // What an update does not name stays as it was, as AllowedPattern does in "Walkthrough: Manage parameters using
  // hierarchies" of the User Guide.
  const allowedPattern = request.allowedPattern ?? latest?.allowedPattern;
  const description = request.description ?? latest?.description;
  checkValue(request.value, tier);
  if (allowedPattern) checkPattern(request.value, type, allowedPattern);
  return {
    version: (latest?.version ?? 0) + 1,
    value: request.value,
    type,
    tier,
    dataType: dataTypeOf(request, latest),
    modifiedMs,
    ...(description && {description}),
    ...(allowedPattern && {allowedPattern}),
    ...securityOf(request, latest, type),
  };
}

function typeOf({type}: PutRequest, latest: ParameterVersion | undefined): ParameterType {
  if (latest !== undefined && type !== undefined && type !== latest.type)
    throw typeMismatch(latest.type, type);
  const known = type ?? latest?.type;
  // "You must specify a parameter type when creating a parameter."
  if (known === undefined) throw invalid('A parameter type is required when you create a parameter.');
  return known;
}

function tierOf({tier, value}: PutRequest, latest: ParameterVersion | undefined): Tier {
  const isAdvanced = latest?.tier === 'Advanced';
  // "You can't revert an advanced parameter to a standard parameter."
  if (isAdvanced && tier === 'Standard')
    throw invalid("An advanced parameter can't be reverted to a standard one. Delete it and create it anew.");
  if (isAdvanced || tier === 'Advanced') return 'Advanced';
  const isLarge = Buffer.byteLength(value) > mostOctets.Standard;
  return tier === 'Intelligent-Tiering' && isLarge ? 'Advanced' : 'Standard';
}

function checkValue(value: string, tier: Tier): void {
  const most = mostOctets[tier];
  const octets = Buffer.byteLength(value);
  if (octets > most) {
    throw invalid(
      `${tier} tier parameters support a maximum parameter value of ${most} characters; this one has ${octets} octets.` +
        (tier === 'Standard' ? ' A larger value needs the advanced-parameter tier.' : ''),
    );
  }
  // "You can't include values wrapped in double brackets {{}}".
  if (/\{\{.*\}\}/s.test(value))
    throw invalid('Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.');
}

/** The whole value must match; of a StringList, every item. */
function checkPattern(value: string, type: ParameterType, pattern: string): void {
  let expression: RegExp;
  try {
    // The pattern must be an expression by itself: `a)|(b` is one only between parentheses.
    expression = new RegExp(`^(?:${new RegExp(pattern).source})$`);
  } catch {
    throw invalidAllowedPattern(pattern);
  }
  const items = type === 'StringList' ? value.split(',') : [value];
  if (!items.every(item => expression.test(item))) throw patternMismatch(pattern);
}

function dataTypeOf({dataType}: PutRequest, latest: ParameterVersion | undefined): string {
  if (dataType === 'aws:ec2:image' || dataType === 'aws:ssm:integration')
    throw notHere(`data type ${dataType}`);
  if (dataType !== undefined && dataType !== 'text')
    throw invalid(
      `The following data type is not supported: ${dataType} (Data type names are all lowercase.)`,
    );
  return dataType ?? latest?.dataType ?? 'text';
}

function securityOf({value, keyId}: PutRequest, latest: ParameterVersion | undefined, type: ParameterType) {
  if (type === 'SecureString')
    return {keyId: keyId ?? latest?.keyId ?? managedKey, ciphertext: ciphertextOf(value)};
  if (keyId !== undefined) throw invalid('KeyId is for parameters of the type SecureString only.');
  return {};
}
