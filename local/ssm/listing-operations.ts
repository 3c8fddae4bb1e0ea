// The operations that list, page by page (API Reference, the action of the same name).

import {flag, objects} from '../endpoint/input.ts';
import {metadataAnswer, parameterAnswer} from './answers.ts';
import {notHere} from './errors.ts';
import {nameIn} from './input.ts';
import type {Operation} from './operation.ts';
import {pagerIn} from './page.ts';
import {type Parameter, shownValueOf} from './parameter.ts';
import {byPathKeys, describeKeys, parseFilters} from './parameter-filters.ts';
import {checkPath, isBelow, parseReference, trimmed} from './parameter-name.ts';

const nameOf = ({name}: Parameter): string => name;

const getParametersByPath: Operation = (ssm, input) => {
  const path = trimmed(nameIn(input, 'Path'));
  checkPath(path);
  const recursive = flag(input, 'Recursive');
  const withDecryption = flag(input, 'WithDecryption');
  const passes = parseFilters(input, byPathKeys);
  const pageOf = pagerIn(input, {most: 10, usual: 10});
  const found = ssm.parameters.filter(each => isBelow(each.name, path, recursive) && passes(each));
  const {page, next} = pageOf(found, nameOf);
  return {Parameters: page.map(parameter => parameterAnswer(ssm, parameter, {withDecryption})), ...next};
};

const describeParameters: Operation = (ssm, input) => {
  // "This data type is deprecated. Instead, use ParameterFilters."
  if (objects(input, 'Filters').length > 0) throw notHere('Filters; use ParameterFilters instead');
  const passes = parseFilters(input, describeKeys);
  const pageOf = pagerIn(input, {most: 50, usual: 10});
  // "Lists parameters that are shared with you": there is no other account here.
  const found = flag(input, 'Shared') ? [] : ssm.parameters.filter(passes);
  const {page, next} = pageOf(found, nameOf);
  const shown = page.map(each => ({...metadataAnswer(ssm, each), ARN: ssm.arnOf(each.name)}));
  return {Parameters: shown, ...next};
};

const getParameterHistory: Operation = (ssm, input) => {
  const {name} = parseReference(nameIn(input), ssm.arnOf);
  const withDecryption = flag(input, 'WithDecryption');
  const pageOf = pagerIn(input, {most: 50, usual: 50});
  const parameter = ssm.parameter(name);
  // As text, numbers must sort as they do by size.
  const {page, next} = pageOf(parameter.versions, ({version}) => String(version).padStart(12, '0'));
  const shown = page.map(version => ({
    ...metadataAnswer(ssm, parameter, version),
    Value: shownValueOf(version, withDecryption),
    Labels: [],
  }));
  return {Parameters: shown, ...next};
};

export const listingOperations: Readonly<Record<string, Operation>> = {
  GetParametersByPath: getParametersByPath,
  DescribeParameters: describeParameters,
  GetParameterHistory: getParameterHistory,
};
