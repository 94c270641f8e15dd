import { afterEach, beforeEach, describe, it } from 'vitest';
import { postgres } from '../support/databases.js';
import { Terminal, missingPrograms } from '../support/terminal.js';

describe.skipIf(missingPrograms().length > 0)('drills on two replicas', { timeout: 300_000 }, () => {
  let terminal: Terminal;
  beforeEach(async () => {
    terminal = await Terminal.open({ DATABASE: await postgres.create() });
    for (const drill of ['terminal', 'cluster', 'tokens']) await terminal.play(drill);
  });
  afterEach(() => terminal.close());

  it('one hears what the other revokes, and goes on when that is killed', async () => {
    await terminal.play('replicas');
  });

  it('an older database is refused by both, the latest one serves', async () => {
    await terminal.play('backup-postgres');
  });

  it('a key rolls over, with the root at hand where it is needed', async () => {
    await terminal.play('roll-over');
    await terminal.play('ceremony');
  });

  it('a revocation, many of them, and that of an issuing key', async () => {
    await terminal.play('revoke');
    await terminal.play('many');
    await terminal.play('issuing-key');
  });
});
