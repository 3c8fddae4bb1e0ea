// How answers show parameters (API Reference, Parameter, ParameterMetadata, ParameterHistory).

import {latestOf, type Parameter, type ParameterVersion, shownValueOf} from './parameter.ts';
import type {Ssm} from './ssm.ts';

/** Times are seconds (smithy.io, "AWS JSON 1.1 protocol", timestamps). */
const dateOf = ({modifiedMs}: ParameterVersion): number => modifiedMs / 1000;

export interface Shown {
  readonly withDecryption: boolean;
  readonly version?: ParameterVersion;
  readonly selector?: string | undefined;
}

export function parameterAnswer(ssm: Ssm, parameter: Parameter, shown: Shown): Record<string, unknown> {
  const {withDecryption, version = latestOf(parameter), selector} = shown;
  return {
    Name: parameter.name,
    Type: version.type,
    Value: shownValueOf(version, withDecryption),
    Version: version.version,
    ...(selector !== undefined && {Selector: `:${selector}`}),
    LastModifiedDate: dateOf(version),
    ARN: ssm.arnOf(parameter.name),
    DataType: version.dataType,
  };
}

export function metadataAnswer(
  ssm: Ssm,
  parameter: Parameter,
  version: ParameterVersion = latestOf(parameter),
): Record<string, unknown> {
  const {type, description, allowedPattern, keyId, tier, dataType} = version;
  return {
    Name: parameter.name,
    Type: type,
    ...(keyId !== undefined && {KeyId: keyId}),
    LastModifiedDate: dateOf(version),
    LastModifiedUser: `arn:aws:iam::${ssm.accountId}:root`,
    ...(description !== undefined && {Description: description}),
    ...(allowedPattern !== undefined && {AllowedPattern: allowedPattern}),
    Version: version.version,
    Tier: tier,
    Policies: [],
    DataType: dataType,
  };
}
