// The fixed test keys. Their private halves are public: nobody may ever trust them.
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';

const FILE = new URL('../keys.json', import.meta.url);
const NAMES = [
  'authority',
  'other-authority',
  'status',
  'intermediate',
  'second-intermediate',
  'agent',
  'server',
  'author',
  'stranger',
];

function load() {
  const stored = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')).keys : {};
  const keys = {};
  for (const name of NAMES) keys[name] = stored[name] ?? generate();
  const document = {
    warning: 'TEST KEYS - NEVER USE. The private halves are published; production code refuses them.',
    keys,
  };
  writeFileSync(FILE, `${JSON.stringify(document, null, 2)}\n`);
  return keys;
}

function generate() {
  const { kty, crv, x, y, d } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const thumbprint = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return { publicJwk: { kty, crv, x, y }, privateJwk: { kty, crv, x, y, d }, thumbprint };
}

export const KEYS = Object.fromEntries(Object.entries(load()).map(([name, key]) => [name, { name, ...key }]));
