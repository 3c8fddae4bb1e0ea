// What an import would miss: all ways in which a definition can refer to something else.

import {describe, expect, it} from 'vitest';
import {referencesIn} from '../../../cli/adopt/references.ts';

describe('the references of a definition', () => {
  it.each([
    ['Ref', {Ref: 'Key'}, ['Key']],
    ['Fn::GetAtt as a list', {'Fn::GetAtt': ['Dead', 'Arn']}, ['Dead']],
    ['Fn::GetAtt as text', {'Fn::GetAtt': 'Dead.Arn'}, ['Dead']],
    ['Fn::Sub', {'Fn::Sub': `a \${Dead.Arn} and \${Key}`}, ['Dead', 'Key']],
    [
      'Fn::Sub with values of its own',
      {'Fn::Sub': [`\${own} \${Key} \${!text}`, {own: {Ref: 'Dead'}}]},
      ['Key', 'Dead'],
    ],
    ['deep within', {'Fn::Join': ['', ['arn:', {'Fn::Select': [0, [{Ref: 'Key'}]]}]]}, ['Key']],
    ['AWS’s own', {'Fn::Join': ['', [{Ref: 'AWS::Region'}, {'Fn::Sub': `\${AWS::AccountId}`}]]}, []],
    ['each once', [{Ref: 'Key'}, {'Fn::GetAtt': ['Key', 'Arn']}], ['Key']],
  ])('are found in %s', (_, value, found) => {
    expect(referencesIn({Properties: {Some: value}})).toEqual(found);
  });

  it('are also what it depends on, and not what other parts of it say', () => {
    const Metadata = {Ref: 'Other'};
    expect(referencesIn({DependsOn: 'One', Metadata})).toEqual(['One']);
    expect(referencesIn({DependsOn: ['One', 'Two']})).toEqual(['One', 'Two']);
  });
});
