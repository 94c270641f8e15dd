// Serves a fixture until it is told to end: for running one scenario by hand.
import { startAlone } from './paths.js';
import { startDecorated, startSecured } from './secured/paths.js';
import { decoratedFixture1x, fixture1x } from './servers/v1/handler.js';
import { fixture2x } from './servers/v2/handler.js';

const [line, path = 'alone'] = process.argv.slice(2);
if ((line !== '1.x' && line !== '2.x') || !['alone', 'secured', 'stateless', 'decorated'].includes(path)) {
  console.error('usage: node dist/serve-fixture.js 1.x|2.x [alone|secured|stateless|decorated]');
  process.exit(2);
}

async function start() {
  if (path === 'decorated') return startDecorated(decoratedFixture1x);
  const fixture = line === '1.x' ? fixture1x() : fixture2x();
  return path === 'alone'
    ? startAlone(fixture)
    : startSecured(fixture, { options: { stateless: path === 'stateless' } });
}

const { url } = await start();
console.log(url);
