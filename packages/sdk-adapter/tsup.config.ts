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
    clean: true,
    external: [/^node:/, /^@mcps\//, /^@modelcontextprotocol\//, 'fastify', 'hono'],
    esbuildOptions: (options, { format }) => {
      // What is loaded later is `require`d as well: `import` would bring a second copy of the layers below, whose classes are not those in use.
      if (format === 'cjs') options.supported = { ...options.supported, 'dynamic-import': false };
    },
  },
]);
