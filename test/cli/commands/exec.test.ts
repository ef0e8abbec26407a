import { expect, test } from 'vitest'
import type { ExecOptions, ExecResult } from '../../../src/app/exec.ts'
import type { ProjectRequest } from '../../../src/app/index.ts'
import { TcomposeError } from '../../../src/base/tcompose-error.ts'
import type { CliPorts } from '../../../src/cli/cli-ports.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { recordedOutput, recordedPorts } from '../../support/cli-ports.ts'

interface Call {
  readonly result?: ExecResult
  readonly changes?: Partial<CliPorts>
}

async function exec(args: readonly string[], { result, changes = {} }: Call = {}) {
  const asked: ExecOptions[] = []
  const ports = recordedPorts(['exec', ...args], {
    exec: async (_request, options) => {
      asked.push(options)
      return result ?? { kind: 'exited', exitCode: 0 }
    },
  })
  const exitCode = await runCli({ ...ports, ...changes })
  return { exitCode, stderr: ports.stderr.text, asked }
}

for (const exitCode of [0, 1, 42, 137]) {
  test(`exec passes the exit code ${exitCode} on`, async () => {
    expect(await exec(['web', 'true'], { result: { kind: 'exited', exitCode } })).toMatchObject({ exitCode })
  })
}

test('exec says why a program was not started, and ends as a shell does', async () => {
  const error = new TcomposeError('program-not-found', 'Cannot run "ls"')
  const { exitCode, stderr } = await exec(['web', 'ls'], {
    result: { kind: 'not-started', error, exitCode: 127 },
  })
  expect(exitCode).toBe(127)
  expect(stderr).toContain('Cannot run "ls"')
})

test('exec takes the value of a bare name from the caller, and leaves out what the caller has not', async () => {
  const environment = new Map([
    ['HERE', 'of the caller'],
    ['EMPTY', ''],
  ])
  const args = ['-e', 'HERE', '-e', 'EMPTY', '-e', 'GONE', '-e', 'SET=a=b', 'web', 'env']
  const { asked } = await exec(args, { changes: { environment } })
  expect(asked).toMatchObject([{ environment: ['HERE=of the caller', 'EMPTY=', 'SET=a=b'] }])
})

test('exec -w means a folder of the container, not that of the project', async () => {
  const requests: ProjectRequest[] = []
  const ports = recordedPorts(['exec', '-w', '/srv', 'web', 'pwd'], {
    exec: async (request, { workingDir }) => {
      requests.push(request)
      return { kind: 'exited', exitCode: workingDir === '/srv' ? 0 : 1 }
    },
  })
  expect(await runCli(ports)).toBe(0)
  expect(requests).toMatchObject([{ projectDirectory: undefined }])
})

const BOTH: Partial<CliPorts> = { isInputTerminal: true, stdout: recordedOutput({ isTerminal: true }) }
for (const { what, args, changes, kind } of [
  { what: 'on a terminal', args: ['web', 'sh'], changes: BOTH, kind: 'terminal' },
  { what: 'with -T', args: ['-T', 'web', 'sh'], changes: BOTH, kind: 'streams' },
  { what: 'with -d', args: ['-d', 'web', 'sh'], changes: BOTH, kind: 'detached' },
  {
    what: 'with input from elsewhere',
    args: ['web', 'sh'],
    changes: { ...BOTH, isInputTerminal: false },
    kind: 'streams',
  },
  {
    what: 'with output to elsewhere',
    args: ['web', 'sh'],
    changes: { isInputTerminal: true },
    kind: 'streams',
  },
]) {
  test(`exec ${what} joins the process to: ${kind}`, async () => {
    expect((await exec(args, { changes })).asked).toMatchObject([{ io: { kind } }])
  })
}

test('exec asks for no privilege, user or folder that was not given', async () => {
  expect((await exec(['-u', '', '-w', '', 'web', 'sh'])).asked).toEqual([
    {
      ...{ service: 'web', argv: ['sh'], index: undefined, environment: [] },
      ...{ workingDir: undefined, user: undefined, privileged: false },
      io: { kind: 'streams', stdin: 0, stdout: 1, stderr: 2 },
      signal: expect.any(AbortSignal),
    },
  ])
  expect((await exec(['-u', '1', '-w', '/a', '--privileged', '-d', 'web', 'sh'])).asked).toMatchObject([
    { user: '1', workingDir: '/a', privileged: true, io: { kind: 'detached' } },
  ])
})

test('exec counts replicas from 1', async () => {
  const { exitCode, stderr, asked } = await exec(['--index', '0', 'web', 'true'])
  expect([exitCode, asked]).toEqual([2, []])
  expect(stderr).toContain('Expected a number of 1 or more')
})
