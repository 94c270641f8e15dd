import { createHash } from 'node:crypto';
import type { OpenApiDocument } from '../openapi.js';

/** The page that shows the interface to people: one document without scripts, and nothing from anywhere else. */
export interface DocsPage {
  readonly html: string;
  readonly contentSecurityPolicy: string;
}

const STYLE = [
  ':root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}',
  'body{max-width:60rem;margin:0 auto;padding:1rem}',
  'h2{margin-top:2.5rem;border-bottom:1px solid #8888}',
  'details{border:1px solid #8884;border-radius:.4rem;margin:.5rem 0;padding:.4rem .8rem}',
  'summary{cursor:pointer}',
  'code,pre{font:0.9em ui-monospace,monospace}',
  'pre{overflow-x:auto;background:#8881;padding:.6rem;border-radius:.3rem}',
  '.method{display:inline-block;min-width:4rem;font-weight:700;text-transform:uppercase}',
  'table{border-collapse:collapse;width:100%}',
  'th,td{text-align:left;vertical-align:top;padding:.2rem .6rem .2rem 0;border-top:1px solid #8884}',
].join('');

/** Writes the page of a document. */
export function renderDocsPage(document: OpenApiDocument): DocsPage {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.map(({ operation }) => operation.tags?.[0] ?? ''))];
  const sections = tags.map((tag) => {
    const own = operations.filter(({ operation }) => (operation.tags?.[0] ?? '') === tag);
    return `<h2>${escape(tag)}</h2>${own.map(renderOperation).join('')}`;
  });
  const schemas = Object.entries(document.components?.schemas ?? {}).map(
    ([name, schema]) =>
      `<details id="schema-${escape(name)}"><summary><code>${escape(name)}</code></summary>${renderJson(schema)}</details>`,
  );
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(document.info.title)}</title><style>${STYLE}</style></head>
<body><header><h1>${escape(document.info.title)}</h1><p>${escape(document.info.description ?? '')}</p>
<p><a href="/openapi.json">OpenAPI 3.1 document</a></p></header>
<main>${sections.join('')}<h2>Schemas</h2>${schemas.join('')}</main></body></html>
`;
  const styleHash = createHash('sha256').update(STYLE).digest('base64');
  return {
    html,
    contentSecurityPolicy: `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`,
  };
}

interface Operation {
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly unknown[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: unknown }>> };
  readonly responses?: Readonly<Record<string, { readonly description?: string; readonly content?: object }>>;
}

function renderOperation(entry: {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}): string {
  const { path, method, operation } = entry;
  const answers = Object.entries(operation.responses ?? {}).map(
    ([status, { description = '', content = {} }]) =>
      `<tr><td>${escape(status)}</td><td>${escape(description)}</td><td>${Object.values(content as Content)
        .map(({ schema }) => renderReference(schema))
        .join(' ')}</td></tr>`,
  );
  const body = Object.values(operation.requestBody?.content ?? {}).map(
    ({ schema }) => `<p>Body: ${renderReference(schema)}</p>`,
  );
  const parameters = operation.parameters ?? [];
  return `<details><summary><span class="method">${escape(method)}</span> <code>${escape(path)}</code> ${escape(
    operation.summary ?? '',
  )}</summary><p>${escape(operation.description ?? '')}</p>${
    parameters.length === 0 ? '' : `<p>Parameters:</p>${renderJson(parameters)}`
  }${body.join('')}<table><tr><th>Status</th><th>Meaning</th><th>Body</th></tr>${answers.join('')}</table></details>`;
}

type Content = Readonly<Record<string, { readonly schema?: unknown }>>;

function renderReference(schema: unknown): string {
  const reference = typeof schema === 'object' && schema !== null && '$ref' in schema ? String(schema.$ref) : undefined;
  const name = reference?.split('/').at(-1);
  return name === undefined
    ? renderJson(schema ?? {})
    : `<a href="#schema-${escape(name)}"><code>${escape(name)}</code></a>`;
}

function renderJson(value: unknown): string {
  return `<pre>${escape(JSON.stringify(value, undefined, 2))}</pre>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
