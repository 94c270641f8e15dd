import type { Cli } from '../cli.js';
import { UsageError } from '../errors/cli-error.js';
import { EXIT } from '../exit-codes.js';
import { collect, defined } from '../leaf.js';
import { childEnvironment } from '../programs/child-environment.js';
import { runSecuredProgram } from '../programs/run-secured-program.js';
import { loadSecurity } from '../secured/load-security.js';
import { securedLeaf } from '../secured/secured-leaf.js';
import { stateOf } from '../state/open-state.js';
import { parseHeaders, serverUrl } from '../servers/server-url.js';
import { listenAddress, serveSite } from '../servers/site.js';

const MORE = `
Any MCP client starts this in place of a server over stdio, and speaks plain MCP to it; a client over HTTP is given the address of --listen. Behind it is a secured server: a program after "--", such as
"mcps wrap", or one over Streamable HTTP at a URL, such as "mcps proxy". Answers that do not verify reach the client as errors with a code of MCPS.

Exit status with a program: as of "mcps wrap". With a URL: 0, or 3 where the server never answered.`;

/** Most servers are built on an official SDK, which reads an envelope nowhere else. */
const OF_CLIENTS = { carrier: 'meta' } as const;

/** `mcps connect`: the client's side, for any client that starts servers over stdio. */
export function connectCommand(cli: Cli) {
  return securedLeaf('connect', "speak to a secured server: the client's side, for any MCP client")
    .usage('[options] (<url> | -- <command> [arguments...])')
    .argument('[url]', 'Streamable HTTP endpoint')
    .option('--expect-peer <id>', 'passport id that the server may have; repeatable', collect)
    .option('--expect-origin <origin>', "origin that the server's passport must be bound to")
    .option('--header <name: value>', 'with a URL: a header of every request; repeatable', collect)
    .option(
      '--state <folder>',
      'remember tools and secure servers here from one run to the next; default: only while it runs [MCPS_STATE]',
    )
    .option('--listen <host:port>', 'with a URL: serve clients over plain Streamable HTTP here instead of stdio')
    .option(
      '--allow-origin <origin>',
      'with --listen: origin of web pages that may call; repeatable; default: none',
      collect,
    )
    .addHelpText('after', MORE)
    .action((address, options) =>
      cli.run(options, async (output) => {
        const [command, ...args] = cli.program;
        if ((address === undefined) === (command === undefined)) {
          throw new UsageError('Name the server: a URL, or a command after "--".', { reason: 'server_missing' });
        }
        const url = address === undefined ? undefined : serverUrl(address);
        const at = options.listen === undefined ? undefined : listenAddress(options.listen);
        if (at !== undefined && url === undefined)
          throw new UsageError('--listen goes with a URL, not with a command.');
        const headers = parseHeaders(options.header ?? []);
        const security = await loadSecurity(options, cli.process, output);
        try {
          const expected = defined({ expectedPeers: options.expectPeer, expectedOrigin: options.expectOrigin });
          const state = await stateOf(options.state, cli.process.env);
          const secured = { role: 'client' as const, ...OF_CLIENTS, ...security.options, ...expected, ...state };
          if (url !== undefined) {
            const { role: _role, ...rest } = secured;
            if (at !== undefined) {
              const { securedUpstream } = await import('../servers/secured-upstream.js');
              const upstream = securedUpstream(url, headers, rest, security.report);
              const site = { ...at, path: url.pathname, allowedOrigins: options.allowOrigin };
              await serveSite(cli.process, output, site, { to: url.href }, upstream.handle).finally(() =>
                upstream.close(),
              );
              return EXIT.ok;
            }
            // The SDK's transport is loaded where it is used alone.
            const { runSecuredUrl } = await import('../servers/run-secured-url.js');
            return await runSecuredUrl(url, headers, rest, cli.process, security.report);
          }
          const call = { command: command ?? '', args, env: childEnvironment(cli.process.env) };
          const endpoint = [call.command, ...args].join(' ');
          return await runSecuredProgram(call, { ...secured, endpoint }, cli.process, security.report);
        } finally {
          await security.close();
        }
      }),
    );
}
