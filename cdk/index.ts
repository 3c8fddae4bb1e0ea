// What whoever has the package can import as relayq/cdk: a construct for a stack of their own, and a stack that has nothing else.

export type {OwnNetwork} from './function-network.ts';
export {OptionProblem, type RelayqOptions} from './options.ts';
export {Relayq, type RelayqProps} from './relayq.ts';
export {RelayqStack, type RelayqStackProps} from './relayq-stack.ts';
