// The order in which test files begin: those that take longest come first, so that none of them is left alone at the
// end. Which ones they are is known by their directory; a run that has been before has no say, so that each is alike.

import {BaseSequencer, type TestSpecification} from 'vitest/node';

const slowest = ['pipeline', 'bench', 'cdk', 'real-servers', 'cloud', 'logs', 'send', 'functions', 'sqs'];

const rankOf = ({moduleId}: TestSpecification): number => {
  const rank = slowest.findIndex(directory => moduleId.includes(`/test/${directory}/`));
  return rank === -1 ? slowest.length : rank;
};

export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => rankOf(a) - rankOf(b) || a.moduleId.localeCompare(b.moduleId));
  }
}
