import { secureHandler } from '@mcps/sdk-adapter/http';
import type { Cli } from '../cli.js';
import { EXIT } from '../exit-codes.js';
import { collect, defined } from '../leaf.js';
import { loadSecurity } from '../secured/load-security.js';
import { securedLeaf } from '../secured/secured-leaf.js';
import { texts } from '../secured/settings.js';
import { plainUpstream } from '../servers/plain-upstream.js';
import { serverUrl } from '../servers/server-url.js';
import { listenAddress, serveSite } from '../servers/site.js';

const MORE = `
In front of any MCP server over Streamable HTTP that knows nothing of MCPS. It is reached at the same path as the server. MCPS signs and does not encrypt:
beyond this machine, put TLS in front of it, and let nobody else reach the server behind it.`;

/** `mcps proxy`: the server's side over Streamable HTTP, in front of a plain server. */
export function proxyCommand(cli: Cli) {
  return securedLeaf('proxy', "secure any MCP server over Streamable HTTP: the server's side")
    .requiredOption('--to <url>', 'the plain server, such as http://127.0.0.1:3000/mcp')
    .option('--listen <host:port>', 'where clients reach it; port 0 for any free one', '127.0.0.1:8787')
    .option(
      '--audience <name>',
      'a further name, such as its public URL, that clients may address it by; repeatable [MCPS_AUDIENCE]',
      collect,
    )
    .option('--allow-origin <origin>', 'origin of web pages that may call it; repeatable; default: none', collect)
    .option('--stateless', 'the server keeps no sessions')
    .addHelpText('after', MORE)
    .action((options) =>
      cli.run(options, async (output) => {
        const to = serverUrl(options.to);
        const at = listenAddress(options.listen);
        const security = await loadSecurity(options, cli.process, output);
        const audience = texts(options.audience, cli.process.env['MCPS_AUDIENCE']);
        const more = defined({ audience: audience.length === 0 ? undefined : audience, stateless: options.stateless });
        const secured = secureHandler(plainUpstream(to, security.report), {
          ...security.options,
          ...more,
          onError: security.report,
        });
        try {
          const site = { ...at, path: to.pathname, allowedOrigins: options.allowOrigin };
          await serveSite(cli.process, output, site, { to: to.href }, secured);
          secured.close();
          return EXIT.ok;
        } finally {
          await security.close();
        }
      }),
    );
}
