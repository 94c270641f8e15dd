import { secureHandler } from '@mcps/sdk-adapter/http';
import type { Cli } from '../cli.js';
import { UsageError } from '../errors/cli-error.js';
import { EXIT } from '../exit-codes.js';
import { collect, defined } from '../leaf.js';
import { onSignals } from '../programs/stopper.js';
import { loadSecurity } from '../secured/load-security.js';
import { securedLeaf } from '../secured/secured-leaf.js';
import { texts } from '../secured/settings.js';
import { listen } from '../servers/http-listener.js';
import { plainUpstream } from '../servers/plain-upstream.js';
import { serverUrl } from '../servers/server-url.js';

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
        const { host, port } = listenAddress(options.listen);
        const security = await loadSecurity(options, cli.process, output);
        const audience = texts(options.audience, cli.process.env['MCPS_AUDIENCE']);
        const more = defined({ audience: audience.length === 0 ? undefined : audience, stateless: options.stateless });
        const secured = secureHandler(plainUpstream(to, security.report), {
          ...security.options,
          ...more,
          onError: security.report,
        });
        const origins = new Set(options.allowOrigin);
        try {
          const listener = await listen(host, port, async (request) => {
            if (new URL(request.url).pathname !== to.pathname) return new Response(null, { status: 404 });
            const origin = request.headers.get('origin');
            // Any web page can send requests to this machine; none of them is asked for here.
            if (origin !== null && !origins.has(origin)) return new Response(null, { status: 403 });
            return secured(request);
          });
          const endpoint = `${listener.origin}${to.pathname}`;
          output.result({ endpoint, to: to.href }, () => `listening at ${endpoint}`);
          if (!isLoopback(host)) output.note('mcps: reachable from other machines: put TLS in front of it');
          await new Promise<void>((resolve) => void onSignals(cli.process, () => resolve()));
          secured.close();
          await listener.close();
          return EXIT.ok;
        } finally {
          security.close();
        }
      }),
    );
}

/** @throws UsageError */
function listenAddress(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || !(port <= 65_535)) {
    throw new UsageError('--listen is a host and a port, such as 127.0.0.1:8787 or [::1]:8787.');
  }
  return { host, port };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
