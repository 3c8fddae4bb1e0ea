// The role of a function, as a template has it.

import type {IdentityKind} from '../template/reader.ts';
import {roleIdOf} from './role-id.ts';

export interface PolicyDocument {
  Statement: Record<string, unknown>[];
}

export interface RoleResource {
  logicalId: string;
  name: string;
  /** Inline, attached and managed, without the statements on services that there are not here. */
  policies: PolicyDocument[];
}

export const roleIdentity: IdentityKind = {
  nameProperty: 'RoleName',
  of: (name, {accountId}) => ({
    ref: name,
    attributes: {Arn: `arn:aws:iam::${accountId}:role/${name}`, RoleId: roleIdOf(name)},
  }),
};
