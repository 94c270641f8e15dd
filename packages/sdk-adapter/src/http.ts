export { secureHandler } from './http/server/secure-handler.js';
export type { SecuredHandler } from './http/server/secure-handler.js';
export type { HandlerExtra, RequestHandler } from './http/server/handler.js';
export type { SecureHandlerOptions } from './http/server/secured-endpoint.js';
export type { HandlerOptions, HttpOptions } from './options/http-options.js';
