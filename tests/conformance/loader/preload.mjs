// Loaded before the official suite (`node --import`): it lets the suite run on Node 20, and keeps the servers that it starts off the network.
import { Server } from 'node:net';
import { register } from 'node:module';

/** Node 20 has no `fs.globSync`. The suite imports it for a command that is not run here. */
const fs = `export * from 'node:fs'; export const globSync = () => { throw new Error('fs.globSync: not on this Node'); };`;
const hooks = `
  const replacement = ${JSON.stringify(`data:text/javascript,${encodeURIComponent(fs)}`)};
  export const resolve = (specifier, context, next) =>
    specifier === 'fs' && context.parentURL?.includes('/@modelcontextprotocol/conformance/')
      ? { url: replacement, shortCircuit: true }
      : next(specifier, context);
`;
const { globSync } = await import('node:fs');
if (globSync === undefined) register(`data:text/javascript,${encodeURIComponent(hooks)}`);

// The suite's own servers listen on a port alone, which is every address of the machine. `listen` with an address is asynchronous, and the suite reads its port at
// once: so the address is put in where Node's net module opens the socket.
const open = Server.prototype._listen2;
Server.prototype._listen2 = function listen(address, port, type, ...rest) {
  const isAnyAddress = typeof port === 'number' && port >= 0 && (address === null || address === undefined);
  return isAnyAddress ? open.call(this, '127.0.0.1', port, 4, ...rest) : open.call(this, address, port, type, ...rest);
};
