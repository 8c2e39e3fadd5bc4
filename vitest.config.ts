import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// An odd zone, so that nothing leans on the machine's own: UTC+12:45, +13:45 in summer.
process.env.TZ = 'Pacific/Chatham';

// Programs that tests start keep their compiled code here, and not in the user's directory: it is half of their start-up.
process.env.XDG_CACHE_HOME = fileURLToPath(new URL('node_modules/.cache', import.meta.url));

/** Tests that put something else in the place of a module or of what a module asks the machine. */
const MOCKING = ['test/cli/issuedOnce.test.ts', 'test/telemetry/kernel.test.ts', 'test/telemetry/mappedUnits.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    server: { deps: { inline: ['dt-sql-parser'] } }, // its imports name folders, which Node alone does not find
    maxWorkers: '100%',
    projects: [
      // Importing takes longer than testing: the files of one process share the modules that they import.
      { extends: true, test: { name: 'shared', include: ['test/**/*.test.ts'], exclude: MOCKING, isolate: false } },
      { extends: true, test: { name: 'alone', include: MOCKING } },
    ],
    reporters: ['default', './test/support/closingLine.ts'],
    // `npm run coverage`, without the browser test: what only a browser runs would be counted on some machines alone.
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: [
        'src/kernel/**', // WebAssembly: V8 counts nothing of it
        'src/page/**', // bundled for browsers, and run by them alone
        'src/**/*.d.ts',
      ],
      reporter: ['text-summary', 'html', 'json', 'json-summary'],
      reportOnFailure: true,
      thresholds: { lines: 92, branches: 88 },
    },
  },
});
