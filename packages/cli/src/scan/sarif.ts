import manifest from '../../package.json' with { type: 'json' };
import type { SourcedTools } from '../tools/tool-source.js';
import { RULES, levelOf } from './rules.js';
import type { Finding, Rule } from './rules.js';

const ALL: readonly Rule[] = Object.values(RULES);

/** The findings as SARIF 2.1.0 (OASIS), one run. Locations are logical: server, tool and the member of it. */
export function sarifLog(findings: readonly Finding[], sources: readonly SourcedTools[]): object {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'mcps scan',
            semanticVersion: manifest.version,
            rules: ALL.map((rule) => ({
              id: rule.id,
              name: rule.name,
              shortDescription: { text: rule.description },
              help: { text: rule.help },
              defaultConfiguration: { level: levelOf(rule) },
              properties: { 'security-severity': rule.severity.toFixed(1), tags: ['security', 'mcp'] },
            })),
          },
        },
        invocations: [{ executionSuccessful: true }],
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => ({
          ruleId: finding.rule.id,
          ruleIndex: ALL.indexOf(finding.rule),
          level: levelOf(finding.rule),
          message: { text: `${finding.rule.description} ${finding.tool}${finding.path}: ${finding.message}` },
          locations: [
            {
              logicalLocations: [
                {
                  name: finding.tool,
                  fullyQualifiedName: `${finding.server}#${finding.tool}${finding.path}`,
                  kind: 'member',
                },
              ],
            },
          ],
        })),
        properties: { servers: sources.map(({ name, tools }) => ({ name, tools: tools.length })) },
      },
    ],
  };
}
