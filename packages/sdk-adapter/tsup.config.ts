import { defineConfig } from 'tsup';

export default defineConfig([
  {
    entry: {
      index: 'src/index.ts',
      http: 'src/http.ts',
      express: 'src/express.ts',
      fastify: 'src/fastify.ts',
      hono: 'src/hono.ts',
      streams: 'src/streams.ts',
    },
    format: ['esm', 'cjs'],
    // What both entries use must be there once: identities and options are remembered in it.
    splitting: true,
    target: 'es2022',
    platform: 'neutral',
    dts: true,
    // The two builds run side by side: this one must not remove what the other has written.
    clean: ['!mcps-wrap.js'],
    external: [/^node:/, /^@mcps\//, /^@modelcontextprotocol\//, 'fastify', 'hono'],
    esbuildOptions: (options, { format }) => {
      // What is loaded later is `require`d as well: `import` would bring a second copy of the layers below, whose classes are not those in use.
      if (format === 'cjs') options.supported = { ...options.supported, 'dynamic-import': false };
    },
  },
  {
    // The command: Node only, run rather than imported.
    entry: { 'mcps-wrap': 'src/bin/mcps-wrap.ts' },
    format: ['esm'],
    target: 'node20',
    platform: 'node',
    dts: false,
    external: [/^@mcps\//, /^@modelcontextprotocol\//, 'cross-spawn'],
  },
]);
