import { afterAll, beforeAll, describe, it } from 'vitest';
import { Terminal, missingPrograms } from '../support/terminal.js';

describe.skipIf(missingPrograms().length > 0)('drills on one machine', () => {
  let terminal: Terminal;
  beforeAll(async () => {
    terminal = await Terminal.open();
    await terminal.play('terminal');
  });
  afterAll(() => terminal.close());

  it('one command, first tokens, an agent, and how it fares', async () => {
    await terminal.play('one-machine');
    await terminal.play('tokens');
    await terminal.play('enrol');
    await terminal.play('health');
  });

  it('what is closed unless it is opened', async () => {
    await terminal.play('edges');
  });

  it('mistakes in the settings', async () => {
    await terminal.play('settings');
  });

  it('an older copy of the embedded database is refused, the latest one serves', async () => {
    await terminal.play('backup-embedded');
  });
});
