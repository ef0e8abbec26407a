import { expect, test } from 'vitest'
import type { AttachOptions, AttachResult } from '../../../src/app/attach.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { interruptsOf, recordedPorts } from '../../support/cli-ports.ts'

async function attach(result: AttachResult, ...args: readonly string[]) {
  const asked: AttachOptions[] = []
  const forwarded: string[] = []
  const forward = (deliver: (name: NodeJS.Signals) => void) => {
    deliver('SIGHUP')
    return { [Symbol.dispose]: () => {} }
  }
  const ports = recordedPorts(
    ['attach', ...args],
    {
      attach: async (_request, options) => {
        asked.push(options)
        options.onAttached(async name => void forwarded.push(name))
        return result
      },
    },
    { interrupts: { ...interruptsOf(new AbortController().signal), forward } },
  )
  return { exitCode: await runCli(ports), stderr: ports.stderr.text, asked, forwarded }
}

const EXITED: AttachResult = { kind: 'ended', end: { kind: 'exited', exitCode: 7 } }

test('attach passes on the exit code, and signals until then', async () => {
  const { exitCode, asked, forwarded } = await attach(EXITED, 'web')
  expect([exitCode, forwarded]).toEqual([7, ['SIGHUP']])
  expect(asked).toMatchObject([
    { service: 'web', index: 1, hasInput: true, detachKeys: [0x10, 0x11], terminal: undefined },
  ])
})

test('attach takes its options', async () => {
  const { asked, forwarded } = await attach(
    EXITED,
    ...['--no-stdin', '--sig-proxy=false', '--index', '2', '--detach-keys', 'ctrl-[,x', 'web'],
  )
  expect(forwarded).toEqual([])
  expect(asked).toMatchObject([{ index: 2, hasInput: false, detachKeys: [0x1b, 0x78] }])
})

test('attach succeeds when it is left by its keys', async () => {
  const { exitCode, stderr } = await attach({ kind: 'ended', end: { kind: 'detached' } }, 'web')
  expect([exitCode, stderr]).toEqual([0, '\nread escape sequence\n'])
})

for (const keys of ['ctrl-1', 'ab', 'ctrl-p,,x', 'ü']) {
  test(`attach refuses the keys "${keys}"`, async () => {
    expect(await attach(EXITED, '--detach-keys', keys, 'web')).toMatchObject({ exitCode: 2, asked: [] })
  })
}
