// Items and the values of their attributes, as the API writes them (Amazon DynamoDB API Reference, AttributeValue). The
// types S and N are known here, which is what the tables hold.

export type Value = {readonly S: string} | {readonly N: string};
export type Item = Readonly<Record<string, Value>>;
