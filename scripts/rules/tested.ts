import type { Finding, SourceFile } from './source-file.ts'

/** A source file that runs has a test of the same name: `src/a/b.ts` and `test/a/b.test.ts`. */
export function checkTwins(files: readonly SourceFile[], tests: readonly SourceFile[]): readonly Finding[] {
  const tested = new Set(tests.map(({ path }) => path))
  return files
    .filter(
      ({ path, text }) => /^export (async )?(function|class|const)/m.test(text) && !path.endsWith('/main.ts'),
    )
    .map(({ path }) => ({ path, twin: path.replace(/^src/, 'test').replace(/\.ts$/, '.test.ts') }))
    .filter(({ twin }) => !tested.has(twin))
    .map(({ path, twin }) => ({ severity: 'warning', place: path, message: `No test at ${twin}` }))
}
