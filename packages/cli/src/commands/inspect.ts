import type { AuditEvent, JsonObject } from '@mcps/protocol';
import type { Cli } from '../cli.js';
import { UsageError } from '../errors/cli-error.js';
import { isObject } from '../files/read-input.js';
import { collect } from '../leaf.js';
import { table } from '../output/table.js';
import { loadSecurity } from '../secured/load-security.js';
import { securedLeaf } from '../secured/secured-leaf.js';
import { stateOf } from '../state/open-state.js';
import { listTools, openServer } from '../servers/open-server.js';
import { parseHeaders } from '../servers/server-url.js';
import { nameOf } from '../tools/read-tools.js';
import { signatureOf, toolHash } from '../tools/tool-hash.js';

/** `mcps inspect`: who a live server is, of which level, and which of its tools are signed. */
export function inspectCommand(cli: Cli) {
  return securedLeaf(
    'inspect',
    'ask a live server who it is, and look at its tools; in plain where no identity is given',
  )
    .usage('[options] (<url> | -- <command> [arguments...])')
    .argument('[url]', 'Streamable HTTP endpoint')
    .option('--header <name: value>', 'with a URL: a header of every request; repeatable', collect)
    .option(
      '--state <folder>',
      'remember tools and secure servers here from one run to the next; default: only while it runs [MCPS_STATE]',
    )
    .action((address, options) =>
      cli.run(options, async (output) => {
        if ((address === undefined) === (cli.program.length === 0)) {
          throw new UsageError('Name the server: a URL, or a command after "--".', { reason: 'server_missing' });
        }
        const { env } = cli.process;
        const state = await stateOf(options.state, env);
        const isKnown = [options.identity, options.passport, env['MCPS_IDENTITY_FILE'], env['MCPS_PASSPORT_FILE']];
        const security = isKnown.some((given) => given !== undefined && given !== '')
          ? await loadSecurity(options, cli.process, output)
          : undefined;
        const refused = new Map<string, string>();
        const server = await openServer(address ?? cli.program, cli.process, {
          security: security === undefined ? undefined : { ...security.options, ...state },
          headers: parseHeaders(options.header ?? []),
          onAudit: (event) => {
            noteRefusal(event, refused);
            security?.options.onAudit?.(event);
          },
          report: (error) => output.trouble(error),
        }).catch(async (error: unknown) => {
          await security?.close();
          throw error;
        });
        try {
          const { serverInfo, protocolVersion } = await server.rpc.initialize();
          const tools = await listTools(server.rpc);
          const peer = server.peer();
          const rows = await Promise.all(tools.map((tool) => describeTool(tool, peer !== undefined)));
          const result = {
            server: serverInfo,
            protocolVersion,
            secured: peer !== undefined,
            ...(peer === undefined ? {} : { peer }),
            tools: rows,
            refusedTools: [...refused].map(([name, reason]) => ({ name, reason })),
          };
          const info = isObject(serverInfo)
            ? `${String(serverInfo['name'])} ${String(serverInfo['version'])}`
            : 'unknown';
          output.result(result, () =>
            [
              table([
                ['server', info],
                ['MCP', String(protocolVersion)],
                ['MCPS', peer === undefined ? 'not spoken: nothing of this is verified' : 'verified'],
                ...(peer === undefined
                  ? []
                  : [
                      ['passport', peer.passportId],
                      ['agent', `${peer.agent.name} ${peer.agent.version}`],
                      ['issuer', peer.issuer ?? 'none that is believed'],
                      ['level', String(peer.level)],
                    ]),
              ]),
              '',
              table([
                ['TOOL', 'SIGNATURE', 'SIGNED BY', 'HASH'],
                ...rows.map(({ name, signature, signedBy, hash }) => [
                  name,
                  signature,
                  signedBy ?? '',
                  hash.slice(0, 16),
                ]),
                ...[...refused].map(([name, reason]) => [name, `refused: ${reason}`]),
              ]),
            ].join('\n'),
          );
          return undefined;
        } finally {
          await server.close();
          await security?.close();
        }
      }),
    );
}

function noteRefusal(event: AuditEvent, refused: Map<string, string>): void {
  if (event.type === 'tool.refused') refused.set(event.tool ?? '(the whole list)', event.reason ?? 'unknown');
}

/** Over a secured connection, what is listed has passed verification; otherwise a signature is only there. */
async function describeTool(tool: JsonObject, isVerified: boolean) {
  const signature = signatureOf(tool);
  const signedBy = signature?.['signed_by'];
  return {
    name: nameOf(tool),
    signature: signature === undefined ? 'none' : isVerified ? 'verified' : 'not verified',
    signedBy: typeof signedBy === 'string' ? signedBy : undefined,
    hash: await toolHash(tool),
  };
}
