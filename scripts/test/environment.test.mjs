import { expect, it } from 'vitest';
import { toolEnvironment } from '../lib/environment.mjs';

it('drops what npm and NODE_ENV would change in the tools, keeps the way to the packages, stops telemetry', () => {
  const environment = toolEnvironment({
    PATH: '/bin',
    CI: 'true',
    NODE_ENV: 'production',
    npm_config_loglevel: 'silent',
    NPM_CONFIG_OMIT: 'dev',
    npm_lifecycle_event: 'test',
    npm_package_json: '/tmp/package.json',
    npm_config_registry: 'https://packages.example/',
    'npm_config_@acme:registry': 'https://acme.example/',
    npm_config_cafile: '/etc/ca.pem',
  });
  expect(environment).toEqual({
    PATH: '/bin',
    CI: 'true',
    npm_config_registry: 'https://packages.example/',
    'npm_config_@acme:registry': 'https://acme.example/',
    npm_config_cafile: '/etc/ca.pem',
    DO_NOT_TRACK: '1',
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    npm_config_update_notifier: 'false',
    npm_config_fund: 'false',
    npm_config_audit: 'false',
  });
});
