import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../../src/base/diagnostic.ts'
import { servicePath } from '../../../src/base/model-path.ts'
import { TcomposeError } from '../../../src/base/tcompose-error.ts'
import { renderDiagnosticLines, renderDiagnostics } from '../../../src/cli/diagnostics/render-diagnostics.ts'
import { renderError } from '../../../src/cli/diagnostics/render-error.ts'

const FILE = 'services:\n  web:\n    imge: nginx\n\tx: 日本 imge: é́\n'
const options = { color: false, readSource: (file: string) => (file === 'compose.yaml' ? FILE : undefined) }

function at(line: number, column: number, length = 4) {
  return { file: 'compose.yaml', line, column, endLine: line, endColumn: column + length }
}

const unknown: Diagnostic = {
  severity: 'error',
  code: 'unknown-key',
  message: 'Unknown key "imge" in service "web"',
  span: at(3, 5),
  hint: 'did you mean "image"?',
}

/** Returns the line of the mark, from the bar on. */
function markOf(diagnostic: Diagnostic, width = 100): string | undefined {
  return renderDiagnostics([diagnostic], { ...options, width }).split('\n')[4]
}

describe('renderDiagnostics()', () => {
  test('frames the line with a mark and the suggestion', () => {
    expect(renderDiagnostics([unknown], options)).toBe(`error[TC1003]: Unknown key "imge" in service "web"
  --> compose.yaml:3:5
   |
 3 |     imge: nginx
   |     ^^^^ did you mean "image"?

Nothing was changed.
`)
  })

  test('shows hints and other places below the frame', () => {
    const related = [{ message: 'it is here first', span: at(2, 3, 3) }]
    expect(
      renderDiagnostics([{ ...unknown, severity: 'warning', hint: 'Join the two', related }], options),
    ).toBe(`warning[TC1003]: Unknown key "imge" in service "web"
  --> compose.yaml:3:5
   |
 3 |     imge: nginx
   |     ^^^^
  ::: compose.yaml:2:3
   |
 2 |   web:
   |   --- it is here first
   |
   = hint: Join the two
`)
  })

  test('does without a place and without the file', () => {
    const { span: _span, ...placeless } = unknown
    const elsewhere = { ...unknown, span: { ...at(3, 5), file: 'gone.yaml' } }
    expect(
      renderDiagnostics([placeless, elsewhere], options),
    ).toBe(`error[TC1003]: Unknown key "imge" in service "web"
   = hint: did you mean "image"?

error[TC1003]: Unknown key "imge" in service "web"
  --> gone.yaml:3:5
   = did you mean "image"?

Nothing was changed.
`)
  })

  test('shows at most 20, errors first, and counts the rest', () => {
    const warnings = Array.from({ length: 15 }, () => ({ ...unknown, severity: 'warning' as const }))
    const errors = Array.from({ length: 10 }, () => unknown)
    const text = renderDiagnostics([...warnings, ...errors], options)
    expect(text.match(/^error/gm)).toHaveLength(10)
    expect(text.match(/^warning/gm)).toHaveLength(10)
    expect(text).toContain('... and 5 more')
  })

  test('puts the mark below tabs, wide characters and combining marks', () => {
    expect(markOf({ ...unknown, span: at(4, 8), hint: 'x' })).toBe(`   |${' '.repeat(13)}^^^^`)
    expect(markOf({ ...unknown, span: at(4, 14, 2), hint: 'x' })).toBe(`   |${' '.repeat(19)}^`)
  })

  test('marks one column where the span is past the end of its line', () => {
    expect(markOf({ ...unknown, span: at(1, 40), hint: 'x' })).toBe('   |          ^')
  })

  test('cuts a long line round its mark', () => {
    const line = `a: ${'x'.repeat(200)} imge ${'y'.repeat(200)}`
    const text = renderDiagnostics([{ ...unknown, span: at(1, 205) }], {
      ...options,
      readSource: () => line,
      width: 40,
    })
    const [, , , quoted = '', mark = ''] = text.split('\n')
    expect(quoted.slice(5)).toHaveLength(40)
    expect(quoted.slice(mark.indexOf('^'), mark.indexOf('^') + 4)).toBe('imge')
  })

  test('lets no control character of a file through', () => {
    const text = renderDiagnostics([unknown], { ...options, readSource: () => `\n\n\x1b[31m\x07\u202Eimge` })
    expect(text).toContain(' 3 | \uFFFD[31m\uFFFD\uFFFDimge')
  })

  test('colours only if asked', () => {
    expect(renderDiagnostics([unknown], { ...options, color: true })).toContain(
      '\x1b[1;31merror[TC1003]\x1b[0m',
    )
  })

  test('says nothing about nothing', () => {
    expect(renderDiagnostics([], options)).toBe('')
  })
})

test('renderDiagnosticLines() prints one line each', () => {
  const { span: _span, ...placeless } = unknown
  expect(renderDiagnosticLines([unknown, { ...placeless, message: 'a\n b' }])).toBe(
    'compose.yaml:3:5: error: Unknown key "imge" in service "web"\ntcompose: error: a b\n',
  )
})

describe('renderError()', () => {
  test('quotes the line behind a failure, its notes, causes and hint', () => {
    const error = new TcomposeError('volume', 'Cannot mount volume "data"', {
      origin: servicePath('web', 'volumes', 0),
      notes: ['last line of the log'],
      hint: 'Run tcompose doctor',
      cause: new Error('mount: EPERM\n    at somewhere', { cause: new Error('EPERM') }),
    })
    const locate = (origin: string) => (origin === 'services.web.volumes.0' ? at(2, 3, 3) : undefined)
    expect(
      renderError(error, { ...options, locate, closing: 'Nothing was changed.' }),
    ).toBe(`error[TC6001]: Cannot mount volume "data"
  --> compose.yaml:2:3
   |
 2 |   web:
   |   ^^^
   | last line of the log
   = cause: mount: EPERM
   |
   = hint: Run tcompose doctor

Nothing was changed.
`)
  })

  test('quotes what a command of a build wrote last, without its colours', () => {
    const readSource = () => 'FROM base\nRUN npm ci \\\n  && npm test\n'
    const error = new TcomposeError('build-step', 'Cannot build service "web": npm exited with code 1', {
      span: { file: 'Dockerfile', line: 2, column: 1, endLine: 3, endColumn: 14 },
      notes: ['\u001b[31mnpm error\u001b[0m missing script', '10%\r100%\n\u0007'],
      hint: 'Run "tcompose build --shell web" for a shell in its files',
    })
    expect(renderError(error, { ...options, readSource })).toBe(
      `error[TC8001]: Cannot build service "web": npm exited with code 1
  --> Dockerfile:2:1
   |
 2 > RUN npm ci \\
 3 >   && npm test
   |
   | npm error missing script
   | 100%
   | \\x07
   |
   = hint: Run "tcompose build --shell web" for a shell in its files
`,
    )
  })

  for (const { what, count, shown } of [
    {
      what: 'six lines',
      count: 6,
      shown: [' 9 > a 1', '10 > a 2', '11 > a 3', '12 > a 4', '13 > a 5', '14 > a 6'],
    },
    {
      what: 'the first five of more lines',
      count: 20,
      shown: [' 9 > a 1', '10 > a 2', '11 > a 3', '12 > a 4', '13 > a 5', '   > ... and 15 more lines'],
    },
  ]) {
    test(`quotes ${what} of a command of a build`, () => {
      const text = Array.from({ length: count }, (_, index) => `a ${index + 1}`).join('\r\n')
      const error = new TcomposeError('build-step', 'Cannot run it', {
        span: { file: 'Dockerfile', line: 9, column: 1, endLine: 8 + count, endColumn: 3 },
      })
      const rendered = renderError(error, { ...options, readSource: () => '\n'.repeat(8) + text })
      expect(rendered.split('\n').slice(3)).toEqual([...shown, ''])
    })
  }

  test('names the place alone of a command whose file is gone', () => {
    const span = { file: 'Dockerfile', line: 2, column: 1, endLine: 3, endColumn: 14 }
    const error = new TcomposeError('build-step', 'Cannot run it', { span })
    expect(renderError(error, { ...options, readSource: () => undefined })).toBe(
      'error[TC8001]: Cannot run it\n  --> Dockerfile:2:1\n',
    )
  })

  test('does without a place', () => {
    const error = new TcomposeError('not-root', 'Cannot run containers: not root, expected root', {
      hint: 'Use sudo',
    })
    expect(renderError(error, options)).toBe(`error[TC2001]: Cannot run containers: not root, expected root
   = hint: Use sudo
`)
  })
})
