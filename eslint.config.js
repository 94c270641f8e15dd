import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { layersRule } from './scripts/eslint/layers-rule.mjs';
import { nonNullRule } from './scripts/eslint/non-null-rule.mjs';
import { nodeGlobals } from './scripts/lib/layers.mjs';

const source = ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts', 'tests/*/src/**/*.ts', 'vectors/src/**/*.ts'];
const tests = ['**/test/**/*.ts', '**/*.test.ts', '**/*.config.ts'];

export default defineConfig(
  { ignores: ['**/dist/', '**/coverage/', '**/.turbo/', '.reports/', '**/node_modules/', '**/fixtures/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,

  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { mcps: { rules: { layers: layersRule, 'non-null': nonNullRule } } },
    rules: {
      'mcps/layers': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/no-floating-promises': ['error', { checkThenables: true }],
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/strict-boolean-expressions': [
        'error',
        { allowString: false, allowNumber: false, allowNullableObject: true, allowNullableBoolean: false },
      ],
      // Numbers, booleans and nullish values print well; objects do not.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `void` in a type says that nobody should look, not that there is nothing to see: a callback may return anything.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Callers in JavaScript pass what the types exclude, and a security check may not trust the types.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // `async` also turns a throw into a rejection, which a function that promises must do.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      'mcps/non-null': 'error',
      // The SDK marks its lower-level class so as to steer beginners away from it; it goes nowhere.
      '@typescript-eslint/no-deprecated': [
        'error',
        { allow: [{ from: 'package', name: 'Server', package: '@modelcontextprotocol/sdk' }] },
      ],
      // A recursive type can only be written with an index signature.
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      // An index signature read with brackets says that the name comes from outside.
      '@typescript-eslint/dot-notation': 'off',
      eqeqeq: ['error', 'always'],
      'no-eval': 'error',
      'no-implied-eval': 'off',
      '@typescript-eslint/no-implied-eval': 'error',
      'object-shorthand': 'error',
      'prefer-template': 'error',
    },
  },

  {
    files: source,
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },

  {
    files: ['packages/*/src/**/*.ts'],
    ignores: ['packages/*/src/bin/**', 'packages/*/src/bin.ts'],
    rules: { 'no-console': 'error' },
  },

  {
    files: ['packages/*/src/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
        { selector: 'ExportSpecifier[exported.name="default"]', message: 'Named exports only.' },
        { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
        {
          selector: 'TSAsExpression > TSAsExpression[typeAnnotation.type="TSUnknownKeyword"]',
          message: 'A double assertion hides a type error: narrow the value instead.',
        },
      ],
    },
  },

  {
    files: ['packages/{crypto,protocol,trust-client}/src/**/*.ts'],
    ignores: ['packages/*/src/platform/node/**', 'packages/*/src/node*', 'packages/*/src/node*/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...nodeGlobals.map((name) => ({
          name,
          message: 'Browsers have no such global: see STYLE_GUIDE.md, "Layers".',
        })),
      ],
    },
  },

  {
    files: tests,
    rules: {
      'mcps/non-null': 'off',
      // Tests hand wrong types over on purpose.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-type-assertion': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/strict-boolean-expressions': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
    },
  },

  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
      },
    },
  },
);
