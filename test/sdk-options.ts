// Options of the SDK's clients for an endpoint of the local cloud. The credentials are those of nobody in the stack.

export const sdkOptions = (endpoint: string, accessKeyId = 'AKIATEST') => ({
  endpoint,
  region: 'us-east-1',
  credentials: {accessKeyId, secretAccessKey: 'secret'},
});
