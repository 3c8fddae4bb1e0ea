// How AWS is asked to open port 25.

export const askForPort25: readonly string[] = [
  'ask AWS to remove the limit on port 25 and to set reverse DNS for the address of the output ElasticIp:',
  'https://console.aws.amazon.com/support/contacts?#/rdns-limits',
];
