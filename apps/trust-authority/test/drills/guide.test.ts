import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../src/config/settings.js';
import { createMetrics } from '../../src/observability/metrics.js';
import { REVOCATION_REASONS } from '../../src/passport-record.js';
import { drillBlocks, guideText } from '../support/guide.js';

const folder = dirname(fileURLToPath(import.meta.url));

/** Rows of a table, by their cells. */
function tableAfter(heading: string): string[][] {
  const [, table = ''] = /\n\n((?:\|.*\n)+)/.exec(guideText().slice(guideText().indexOf(heading))) ?? [];
  return table
    .split('\n')
    .slice(2, -1)
    .map((row) => row.split('|').map((cell) => cell.trim()));
}

describe("the operator's guide", () => {
  it('shows no command that is not run', () => {
    const tests = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
    const played = new Set(tests.flatMap((text) => [...text.matchAll(/'([\w-]+)'/g)].map(([, name]) => name)));
    const drills = drillBlocks();
    expect(drills).toHaveLength(guideText().match(/^```sh$/gm)?.length ?? 0);
    for (const { drill } of drills) expect(played, `no test plays ${drill}`).toContain(drill);
    const outputs = drills.filter(({ output }) => output !== undefined);
    expect(outputs).toHaveLength(guideText().match(/^```text$/gm)?.length ?? 0);
  });

  it('names every setting, under its name in the file, and where a secret may lie', () => {
    const expected = Object.entries(SETTINGS).map(([name, setting]) => [
      'secret' in setting ? `\`${setting.env}\` or \`${setting.env}_FILE\`` : `\`${setting.env}\``,
      `\`${name}\``,
    ]);
    expect(tableAfter('<a id="settings">').map((cells) => cells.slice(1, 3))).toEqual(expected);
  });

  it('watches metrics that there are, and all of ours', async () => {
    const { registry } = createMetrics({ withProcess: true });
    const metrics = await registry.getMetricsAsJSON();
    const names = new Set(metrics.map(({ name }) => name));
    const said = [...guideText().matchAll(/\b((?:mcps_authority|process|nodejs)_[a-z0-9_]+)\b/g)];
    const watched = new Set(said.map(([, name = '']) => name.replace(/_bucket$/, '')));
    for (const name of watched) {
      if (!/^mcps_authority_$/.test(name)) expect(names).toContain(name);
    }
    for (const name of names) {
      if (name.startsWith('mcps_authority_')) expect(watched).toContain(name);
    }
  });

  it('names the reasons to revoke', () => {
    const [, reasons = ''] = /`reason` is one of (.*)\.$/m.exec(guideText()) ?? [];
    expect(reasons.split(', ')).toEqual(REVOCATION_REASONS.map((reason) => `\`${reason}\``));
  });
});
