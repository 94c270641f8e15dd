#!/usr/bin/env node
import process from 'node:process';
import { main } from '../program.js';

const status = await main({
  argv: process.argv.slice(2),
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  onSignal: (signal, handler) => {
    process.on(signal, handler);
    return () => void process.off(signal, handler);
  },
});

// Standard input may still be open, which would keep the process alive; what was written must get out first.
process.exitCode = status;
process.stdout.write('', () => process.exit());
