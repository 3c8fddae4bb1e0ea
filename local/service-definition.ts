// What the local cloud has to know of a service: how it starts, and what IAM, faults and templates have to do with it.
// Each service has a folder with a definition in it. services.ts lists the definitions.

import type {Account} from './account.ts';
import type {AwsError} from './aws-error.ts';
import type {AwsRequest, AwsService} from './endpoint/aws-service.ts';
import type {Door} from './endpoint/door.ts';
import type {KeyUse} from './iam/keys.ts';
import type {Permission} from './iam/permission.ts';
import type {Store} from './store/store.ts';
import type {TemplatePart} from './template/reader.ts';

/** What a service may ask of the cloud. Nothing asks before the first request. */
export interface Surroundings {
  readonly account: Account;
  readonly endpointUrl: () => string;
  /** The time of the cloud. */
  readonly now: () => number;
  /** Keeps what survives a restart. Without it nothing does. */
  readonly store: Store | undefined;
  /** How many messages of a FIFO queue SQS looks through for groups, if not as many as AWS does. */
  readonly fifoWindow: number | undefined;
  /** What SQS calls whoever signs with an access key; undefined when the key is not that of a function. */
  readonly senderIdOf: (accessKeyId: string) => string | undefined;
  /** Who signs with an access key; undefined when the key is not that of a function. */
  readonly sessionArnOf: (accessKeyId: string) => string | undefined;
  /** @throws AwsError when whoever signs with the access key may not use a key of KMS */
  readonly checkKey: (accessKeyId: string, use: KeyUse) => void;
}

/** A service that runs. */
export interface Opened<State, Read> {
  /** For the rest of the cloud: `cloud.services.<name>`. */
  readonly state: State;
  readonly service: AwsService;
  /**
   * Doors for requests that are neither AWS JSON nor the query protocol.
   * @param call what the doors hand their requests to: it checks permissions, and faults strike there
   */
  doors?(call: AwsService['call']): readonly Door[];
  /** Creates or updates the resources of the template, as CloudFormation does. */
  deploy?(resources: Read): void;
  /** The policy of a resource, as JSON; undefined when it has none, or is of another service. */
  policyOf?(arn: string): string | undefined;
  close?(): void;
}

export interface ServiceDefinition<Name extends string, State, Read extends object> {
  /** As signatures, the actions of IAM and faults name it: `sqs`. */
  readonly name: Name;
  open(surroundings: Surroundings): Opened<State, Read>;
  /** What a request has to be allowed. Without it: the action of the operation's name, on everything. */
  permissionsFor?(request: AskedRequest, account: Account): readonly Permission[];
  /** How it refuses what IAM does not allow. Without it: with AccessDeniedException. */
  readonly denial?: Denial;
  /** The errors of a service in trouble. Without them faults cannot strike it. */
  readonly troubles?: Troubles;
  readonly template?: TemplatePart<Read>;
}

export type AskedRequest = Pick<AwsRequest, 'operation' | 'input'>;

interface Denial {
  /** How it writes an action. */
  actionOf(action: string): string;
  errorOf(message: string): AwsError;
}

export type Trouble = 'fail' | 'unavailable' | 'throttle';
export type Troubles = Readonly<Record<Trouble, () => AwsError>>;
