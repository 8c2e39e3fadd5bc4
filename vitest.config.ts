import { defineConfig } from 'vitest/config';

// An odd zone, so that nothing leans on the machine's own: UTC+12:45, +13:45 in summer.
process.env.TZ = 'Pacific/Chatham';

// Programs that tests start leave no compiled code in the user's directory.
process.env.NODE_DISABLE_COMPILE_CACHE = '1';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
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
