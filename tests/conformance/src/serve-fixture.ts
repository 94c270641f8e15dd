// Serves a fixture alone until it is told to end: for running one scenario by hand.
import { startAlone } from './paths.js';
import { fixture1x } from './servers/v1/handler.js';
import { fixture2x } from './servers/v2/handler.js';

const line = process.argv[2];
if (line !== '1.x' && line !== '2.x') {
  console.error('usage: node dist/serve-fixture.js 1.x|2.x');
  process.exit(2);
}
const { url } = await startAlone(line === '1.x' ? fixture1x() : fixture2x());
console.log(url);
