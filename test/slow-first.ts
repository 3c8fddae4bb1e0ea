// The order in which test files begin: those that take longest come first, so that none of them is left alone at the
// end. Which ones they are is said here, by folder or file, and not measured: every run has the same order.

import {BaseSequencer, type TestSpecification} from 'vitest/node';

const slowest = [
  'pipeline/',
  'real-servers/',
  'console/accessibility',
  'console/console',
  'cli/explain/explain',
  'bench/smoke',
  'package/',
  'cdk/synthesis',
  'local/start',
  'send/send',
  'cli/',
  'local/',
  'send/',
  'functions/',
  'cdk/',
  'shared/',
];

const rankOf = ({moduleId}: TestSpecification): number => {
  const rank = slowest.findIndex(path => moduleId.includes(`/test/${path}`));
  return rank === -1 ? slowest.length : rank;
};

export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => rankOf(a) - rankOf(b) || a.moduleId.localeCompare(b.moduleId));
  }
}
