#!/usr/bin/env node
const isHelp = process.argv.includes('--help');
process.stdout.write('mcps-authority: this build holds the services of the authority, but no server yet.\n');
process.exitCode = isHelp ? 0 : 1;
