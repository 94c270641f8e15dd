import { McpsError, verifyTool } from '@mcps/protocol';
import type { JsonObject } from '@mcps/protocol';
import type { Cli } from '../../cli.js';
import { EXIT } from '../../exit-codes.js';
import { collect, leaf } from '../../leaf.js';
import { table } from '../../output/table.js';
import { nameOf } from '../../tools/read-tools.js';
import { readSigners } from '../../tools/signers.js';
import type { Signers } from '../../tools/signers.js';
import { readToolSource } from '../../tools/tool-source.js';

/** `mcps tool verify`: whether tools are as their author signed them. */
export function verifyCommand(cli: Cli) {
  return leaf('verify', 'verify the signatures of tool definitions')
    .usage('[options] [file | url | -- <command>]')
    .argument('[source]', 'tools as JSON, or a server at a URL or behind "--"; - or nothing for standard input')
    .option('--passport <file>', 'passport of an author; repeatable', collect)
    .option('--anchors <file>', 'trust anchors for these passports; repeatable', collect)
    .option('--trust-authority <url>', 'ask this authority whether they are revoked')
    .option('--public-key <file>', 'in their place: the key that must have signed, trusted as it is')
    .action((source, options) =>
      cli.run(options, async (output) => {
        const signers = await readSigners(options, output);
        const { tools } = await readToolSource(source, cli, output);
        const verdicts = await Promise.all(tools.map((tool) => judge(tool, signers)));
        const valid = verdicts.every((verdict) => verdict.valid);
        output.result({ valid, tools: verdicts }, () =>
          table(verdicts.map(({ name, code, reason, signedBy }) => [code ?? 'valid', name, reason ?? signedBy ?? ''])),
        );
        return valid ? EXIT.ok : EXIT.refused;
      }),
    );
}

interface Verdict {
  readonly name: string;
  readonly valid: boolean;
  readonly signedBy?: string;
  readonly toolHash?: string;
  readonly code?: string;
  readonly reason?: string;
}

async function judge(tool: JsonObject, signers: Signers): Promise<Verdict> {
  const name = nameOf(tool);
  try {
    const { signedBy, toolHash } = await verifyTool(tool, signers);
    return { name, valid: true, signedBy, toolHash };
  } catch (error) {
    if (!(error instanceof McpsError)) throw error;
    return { name, valid: false, code: error.code, reason: error.reason };
  }
}
