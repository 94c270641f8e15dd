import { Option } from '@commander-js/extra-typings';
import { isPassportId } from '@mcps/protocol';
import { AuthorityClient, readToken } from '../authority/authority-client.js';
import type { Cli } from '../cli.js';
import { UsageError } from '../errors/cli-error.js';
import { EXIT } from '../exit-codes.js';
import { writePublicFile } from '../files/write-file.js';
import { leaf } from '../leaf.js';
import type { Output } from '../output/output.js';
import { table } from '../output/table.js';
import { levelOf } from '../scan/rules.js';
import type { Finding, FindingLevel } from '../scan/rules.js';
import { sarifLog } from '../scan/sarif.js';
import { scanTools } from '../scan/scan-tools.js';
import type { SourcedTools } from '../tools/tool-source.js';
import { readToolSource } from '../tools/tool-source.js';

const RANK: Readonly<Record<FindingLevel, number>> = { note: 0, warning: 1, error: 2 };

/** `mcps scan`: looks for what is hidden in tool definitions, for names that are taken for others, and for instructions to the model. */
export function scanCommand(cli: Cli) {
  return leaf('scan', 'look for hidden text, look-alike names and injected instructions in the tools of servers')
    .usage('[options] [file | url]... [-- <command>]')
    .argument('[sources...]', 'tools as JSON, or URLs of servers; those named together are looked at together')
    .option('--sarif <file>', 'write the report as SARIF 2.1.0; --json prints it')
    .option('--force', 'replace a file that exists')
    .addOption(
      new Option('--fail-on <level>', 'end with status 1 from this level on')
        .choices(['error', 'warning', 'note'] as const)
        .default('warning' as const),
    )
    .option('--report-to <passport id>', 'hand the report in as evidence about this passport')
    .option('--trust-authority <url>', 'to this authority')
    .option('--token-file <file>', 'with this token, of the scope audit (or MCPS_AUTHORITY_TOKEN)')
    .action((sources, options) =>
      cli.run(options, async (output) => {
        const { sarif, failOn, reportTo, trustAuthority, force = false } = options;
        if ((reportTo === undefined) !== (trustAuthority === undefined)) {
          throw new UsageError('--report-to and --trust-authority belong together.');
        }
        if (reportTo !== undefined && !isPassportId(reportTo)) {
          throw new UsageError('A passport id is asp_ and 32 lower-case hex characters.');
        }
        const named = sources.length === 0 && cli.program.length === 0 ? [undefined] : sources;
        const files = { process: cli.process, program: [] };
        const scanned: SourcedTools[] = [];
        for (const source of named) scanned.push(await readToolSource(source, files, output));
        if (cli.program.length > 0) scanned.push(await readToolSource(undefined, cli, output));
        const findings = scanTools(scanned);
        const report = sarifLog(findings, scanned);
        if (sarif !== undefined) await writePublicFile(sarif, JSON.stringify(report, undefined, 2), { force });
        output.result(report, () =>
          text(
            findings,
            scanned.reduce((count, { tools }) => count + tools.length, 0),
            output,
          ),
        );
        if (reportTo !== undefined && trustAuthority !== undefined) {
          const client = new AuthorityClient({
            url: trustAuthority,
            token: await readToken(options.tokenFile, cli.process),
          });
          await client.post(`/api/scan/${reportTo}`, report);
          output.note(`The authority has taken the report about ${reportTo}.`);
        }
        return findings.some(({ rule }) => RANK[levelOf(rule)] >= RANK[failOn]) ? EXIT.refused : EXIT.ok;
      }),
    );
}

function text(findings: readonly Finding[], tools: number, { colors: { red, yellow, dim } }: Output): string {
  const paint = { error: red, warning: yellow, note: dim };
  const lines = findings.map(({ rule, tool, path, message }) =>
    paint[levelOf(rule)](table([[levelOf(rule).padEnd(7), rule.id.padEnd(28), `${tool}${path}: ${message}`]])),
  );
  return [...lines, `${findings.length} findings in ${tools} tools`].join('\n');
}
