import { expect, test } from 'vitest'
import { githubAnnotations } from '../../../src/cli/diagnostics/github-annotations.ts'

test('githubAnnotations() writes workflow commands with escaped values', () => {
  const span = { file: 'a,b:c.yaml', line: 3, column: 5, endLine: 3, endColumn: 9 }
  const text = githubAnnotations([
    { severity: 'error', code: 'bad-value', message: '100% wrong: it is "x"', span, hint: 'Use y' },
    { severity: 'warning', code: 'unset-variable', message: 'Variable "A" is not set' },
  ])
  expect(text).toBe(
    '::error file=a%2Cb%3Ac.yaml,line=3,col=5,endLine=3,endColumn=9,title=TC1005::100%25 wrong: it is "x"%0AUse y\n' +
      '::warning title=TC1018::Variable "A" is not set\n',
  )
})
