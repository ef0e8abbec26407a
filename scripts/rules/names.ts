import type { Finding, SourceFile } from './source-file.ts'

const EMPTY_NAMES = /^(utils?|helpers?|misc|common|shared|lib)(\.|$)/

/** The name of a file or folder describes its content. */
export function checkNames(files: readonly SourceFile[]): readonly Finding[] {
  return files
    .filter(({ path }) => path.split('/').some(segment => EMPTY_NAMES.test(segment)))
    .map(({ path }) => ({
      severity: 'error',
      place: path,
      message: 'The name says nothing: name what the file is about',
    }))
}

/** Modules are passed in, not replaced: a test that mocks one proves nothing about the program. */
export function checkMocks(tests: readonly SourceFile[]): readonly Finding[] {
  return tests
    .filter(({ text }) => /\bvi\.(mock|doMock|hoisted)\(/.test(text))
    .map(({ path }) => ({
      severity: 'error',
      place: path,
      message: 'The test replaces a module: pass the thing in',
    }))
}
