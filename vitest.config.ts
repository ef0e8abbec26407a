import { defineConfig } from 'vitest/config'

/**
 * Three projects: `unit` needs nothing but Node, `native` needs a C compiler, `e2e` needs root and runs containers.
 * Tests run in processes of their own, not threads: setns(2) is about the main thread.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    setupFiles: ['test/support/fixed-seed.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/native/**', 'test/e2e/**', 'test/vm/**'],
          testTimeout: 20_000,
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'native',
          include: ['test/native/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          maxWorkers: 2,
        },
      },
    ],
  },
})
