import { expect, test } from 'vitest'
import type { Diagnostic } from '../../src/base/diagnostic.ts'
import { TcomposeError } from '../../src/base/tcompose-error.ts'
import { runCli } from '../../src/cli/run-cli.ts'
import { recordedPorts } from '../support/cli-ports.ts'
import type { FakeUseCases } from '../support/fake-use-cases.ts'

const DIAGNOSTIC: Diagnostic = {
  severity: 'error',
  code: 'unknown-key',
  message: 'Key "imag" is unknown',
  span: { file: 'compose.yaml', line: 3, column: 5, endLine: 3, endColumn: 9 },
}

const INVALID: FakeUseCases = { config: async () => ({ kind: 'invalid', diagnostics: [DIAGNOSTIC] }) }

const forms: readonly { readonly format: string; readonly text: string }[] = [
  {
    format: 'human',
    text: 'error[TC1003]: Key "imag" is unknown\n  --> compose.yaml:3:5\n\nNothing was changed.\n',
  },
  { format: 'line', text: 'compose.yaml:3:5: error: Key "imag" is unknown\n' },
  {
    format: 'github',
    text: '::error file=compose.yaml,line=3,col=5,endLine=3,endColumn=9,title=TC1003::Key "imag" is unknown\n',
  },
]

for (const { format, text } of forms) {
  for (const argv of [
    ['--diagnostics', format, 'config', '-q'],
    ['config', '-q', '--diagnostics', format],
  ]) {
    test(`${argv.join(' ')} tells of a mistake in that form`, async () => {
      const ports = recordedPorts(argv, INVALID)
      expect(await runCli(ports)).toBe(2)
      expect(ports.stderr.text).toBe(text)
      expect(ports.stdout.text).toBe('')
    })
  }
}

for (const format of ['json', 'sarif']) {
  test(`--diagnostics ${format} writes one document for all that a command tells`, async () => {
    const ports = recordedPorts(['config', '-q', '--diagnostics', format], INVALID)
    expect(await runCli(ports)).toBe(2)
    expect(JSON.stringify(JSON.parse(ports.stderr.text))).toContain('TC1003')
  })

  test(`--diagnostics ${format} writes a document for a failure of the run`, async () => {
    const ports = recordedPorts(['--diagnostics', format, 'config'], {
      config: () => Promise.reject(new TcomposeError('image-source-unsupported', 'Cannot get image "x"')),
    })
    expect(await runCli(ports)).toBe(1)
    expect(JSON.stringify(JSON.parse(ports.stderr.text))).toContain('TC3003')
  })

  test(`--diagnostics ${format} writes a document where all is well`, async () => {
    const ports = recordedPorts(['--diagnostics', format, 'config', '-q'], {
      config: async () => ({ kind: 'lines', lines: [], diagnostics: [] }),
    })
    expect(await runCli(ports)).toBe(0)
    expect(JSON.parse(ports.stderr.text)).toBeTypeOf('object')
  })
}

test('--allow-unsupported is passed on', async () => {
  const seen: boolean[] = []
  const ports = recordedPorts(['--allow-unsupported', 'config', '-q'], {
    config: async ({ allowUnsupported }) => {
      seen.push(allowUnsupported)
      return { kind: 'lines', lines: [], diagnostics: [] }
    },
  })
  await runCli(ports)
  expect(seen).toEqual([true])
})
