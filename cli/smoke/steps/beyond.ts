// Step: what such a run cannot try, so that nobody takes it for tried.

import {type Belief, quote} from '../belief.ts';
import type {Step} from '../step.ts';

const beyond: readonly {readonly belief: Belief; readonly why: string}[] = [
  {
    belief: {
      id: 'beyond/costs',
      says: 'The costs, which are computed from list prices.',
      quotes: [quote('limits.md', "or are AWS's list prices; none was measured on AWS.")],
    },
    why: 'a bill comes days later',
  },
  {
    belief: {
      id: 'beyond/window',
      says: 'SQS looks for free groups among the first 120,000 messages of a FIFO queue.',
      quotes: [
        quote('limits.md', 'SQS looks for free groups among the first 120,000 messages of each'),
        quote('traffic.md', 'SQS looks for work among the first 120,000 messages of a FIFO queue.'),
      ],
    },
    why: 'it takes 120,000 messages, and their price',
  },
  {
    belief: {
      id: 'beyond/reads',
      says: 'SSM allows 40 reads a second.',
      quotes: [quote('limits.md', 'SSM allows 40 such requests a second to an account and region')],
    },
    why: 'it would slow down whatever else reads SSM in the account',
  },
  {
    belief: {
      id: 'beyond/side-by-side',
      says: 'Lanes run side by side, each as fast as one alone.',
      quotes: [
        quote(
          'benchmark.md',
          'others are taken to be as fast: on AWS each has a function and a part of a core of its own.',
        ),
      ],
    },
    why: 'npm run bench measures it, on one machine',
  },
  {
    belief: {
      id: 'beyond/gateway',
      says: 'What passes a NAT gateway beside the mail.',
      quotes: [
        quote('benchmark.md', 'What passes the NAT gateway and its flow logs beside the mail is assumed'),
      ],
    },
    why: 'the stage has no NAT gateway',
  },
  {
    belief: {
      id: 'beyond/older',
      says: 'An older version reads mail that a newer one has queued.',
      quotes: [quote('operate.md', 'That it reads mail which a newer version has queued is not tested')],
    },
    why: 'there is one version here',
  },
  {
    belief: {
      id: 'beyond/adopt',
      says: 'A stage that left its queues can be deployed again, and takes them over.',
    },
    why: 'this version has no relayq adopt, and a run leaves no queues',
  },
];

export const outOfReach: Step = {
  name: 'beyond',
  about: 'lists what cannot be tried like this',
  beliefs: beyond.map(({belief}) => belief),
  run: async (_, notes) => {
    for (const {belief, why} of beyond) notes.untried(belief, why);
  },
};
