import { expect, test } from 'vitest'
import { ERROR_CODES } from '../../../src/base/error-codes.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { recordedPorts } from '../../support/cli-ports.ts'

for (const [name, code] of Object.entries(ERROR_CODES)) {
  test(`explain tells what ${code} is and what to do`, async () => {
    const ports = recordedPorts(['explain', code])
    expect(await runCli(ports)).toBe(0)
    expect(ports.stdout.text).toMatch(new RegExp(`^${code} ${name}\n\n[A-Z]`))
    expect(ports.stdout.text).not.toContain('## ')
    expect(ports.stdout.text).not.toContain('**')
  })
}

for (const text of ['tc1003', '1003', 'unknown-key', 'Unknown-Key']) {
  test(`explain understands ${text}`, async () => {
    const ports = recordedPorts(['explain', text])
    expect(await runCli(ports)).toBe(0)
    expect(ports.stdout.text).toContain('TC1003 unknown-key')
  })
}

for (const { text, hint } of [
  { text: 'unknow-key', hint: 'did you mean "unknown-key"?' },
  { text: 'zzz', hint: 'An error shows its code in brackets' },
]) {
  test(`explain says what to try instead of ${text}`, async () => {
    const ports = recordedPorts(['explain', text])
    expect(await runCli(ports)).toBe(2)
    expect(ports.stderr.text).toContain(`there is no code "${text}"`)
    expect(ports.stderr.text).toContain(hint)
  })
}

test('schema prints the JSON Schema of Compose files', async () => {
  const ports = recordedPorts(['schema'])
  expect(await runCli(ports)).toBe(0)
  expect(JSON.parse(ports.stdout.text)).toMatchObject({ properties: { services: {} } })
})
