export { secureFetch } from './http/client/secure-fetch.js';
export type { SecureFetch, SecureFetchOptions } from './http/client/secure-fetch.js';
export type { FetchInput, FetchLike } from './http/client/outgoing-request.js';
export { secureHandler } from './http/server/secure-handler.js';
export type { SecuredHandler } from './http/server/secure-handler.js';
export type { HandlerExtra, RequestHandler } from './http/server/handler.js';
export type { SecureHandlerOptions } from './http/server/secured-endpoint.js';
export type { HandlerOptions, HttpOptions } from './options/http-options.js';
