/**
 * What a bundle of each entry may weigh, minified and compressed (brotli). The browser entries are bundled with all that
 * they import, for a browser: a `node:` module that slips in fails the bundle.
 */
const nodeBundle = (config) => ({ ...config, platform: 'node' });

export default [
  { name: '@mcps/crypto, in a browser', path: 'packages/crypto/dist/index.web.js', limit: '10 kB' },
  {
    name: '@mcps/crypto, on Node',
    path: 'packages/crypto/dist/index.node.js',
    limit: '11 kB',
    modifyEsbuildConfig: nodeBundle,
  },
  // Of these, 9.5 kB are the confusable characters of Unicode, which only those bundle who use the registry of tool names.
  // 1 kB is the session header of requests without a body, which a connection makes and verifies.
  { name: '@mcps/protocol with @mcps/crypto, in a browser', path: 'packages/protocol/dist/index.js', limit: '61 kB' },
  {
    name: '@mcps/audit, without the layers below, on Node',
    path: 'packages/audit/dist/index.js',
    limit: '11 kB',
    ignore: ['@mcps/crypto', '@mcps/protocol'],
    modifyEsbuildConfig: nodeBundle,
  },
  {
    name: '@mcps/redis, without its dependencies, on Node',
    path: 'packages/redis/dist/index.js',
    limit: '6 kB',
    ignore: ['@mcps/protocol', 'rate-limiter-flexible', 'ioredis'],
    modifyEsbuildConfig: nodeBundle,
  },
  {
    name: '@mcps/trust-client, without the layers below, in a browser',
    path: 'packages/trust-client/dist/index.js',
    limit: '12 kB',
    ignore: ['@mcps/crypto', '@mcps/protocol'],
  },
  {
    name: '@mcps/trust-client/node, without the layers below',
    path: 'packages/trust-client/dist/node.js',
    limit: '4 kB',
    ignore: ['@mcps/crypto', '@mcps/protocol'],
    modifyEsbuildConfig: nodeBundle,
  },
  {
    // Without what only those load who name an authority; that has its own limit above.
    name: '@mcps/sdk-adapter with @mcps/crypto and @mcps/protocol, without the SDK, on Node',
    path: 'packages/sdk-adapter/dist/index.js',
    limit: '59 kB',
    ignore: ['@modelcontextprotocol/sdk', '@mcps/trust-client'],
    modifyEsbuildConfig: nodeBundle,
  },
  {
    name: '@mcps/sdk-adapter/http, without the layers below, in a browser',
    path: 'packages/sdk-adapter/dist/http.js',
    limit: '17.5 kB',
    ignore: ['@mcps/crypto', '@mcps/protocol', '@mcps/trust-client'],
  },
  {
    name: '@mcps/sdk-adapter/express, without the layers below, on Node',
    path: 'packages/sdk-adapter/dist/express.js',
    limit: '18 kB',
    ignore: ['@mcps/crypto', '@mcps/protocol', '@mcps/trust-client'],
    modifyEsbuildConfig: nodeBundle,
  },
  {
    name: '@mcps/sdk-adapter/streams with @mcps/crypto and @mcps/protocol, on Node',
    path: 'packages/sdk-adapter/dist/streams.js',
    limit: '61 kB',
    ignore: ['@mcps/trust-client'],
    modifyEsbuildConfig: nodeBundle,
  },
  {
    name: 'mcp-secure, without the layers below, on Node',
    path: 'packages/mcp-secure/dist/index.js',
    limit: '8 kB',
    ignore: ['@mcps/crypto', '@mcps/protocol', '@mcps/sdk-adapter', '@mcps/trust-client'],
    modifyEsbuildConfig: nodeBundle,
  },
];
