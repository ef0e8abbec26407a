import { expect, test } from 'vitest'
import type { OneOffResult, RunOptions, StartedRun } from '../../../src/app/run.ts'
import type { RunResult } from '../../../src/app/run-plan.ts'
import { TcomposeError } from '../../../src/base/tcompose-error.ts'
import type { CliPorts } from '../../../src/cli/cli-ports.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import type { AttachedContainer } from '../../../src/engine/engine.ts'
import { parseProjectName } from '../../../src/model/names.ts'
import { containerIdOf } from '../../support/apply-plan.ts'
import { recordedOutput, recordedPorts } from '../../support/cli-ports.ts'

const RAN: RunResult = {
  kind: 'ran',
  ...{ project: parseProjectName('shop'), origins: new Map(), diagnostics: [] },
  plan: { project: 'shop', changes: [], steps: [], warnings: [] },
  report: { outcomes: new Map() },
}

interface Call {
  readonly run?: Partial<StartedRun>
  readonly result?: OneOffResult
  readonly changes?: Partial<CliPorts>
  /** What happens while it starts. */
  readonly starting?: (options: RunOptions) => Promise<void>
}

async function runWith(args: readonly string[], { run = {}, result, changes = {}, starting }: Call = {}) {
  const asked: RunOptions[] = []
  const started: OneOffResult = {
    kind: 'started',
    result: RAN,
    run: { id: containerIdOf(1), container: undefined, finish: async () => undefined, ...run },
  }
  const ports = recordedPorts(['run', ...args], {
    run: async ({ options }) => {
      const { onStarting: _, ...plain } = options
      asked.push(plain)
      await starting?.(options)
      return result ?? started
    },
  })
  const exitCode = await runCli({ ...ports, ...changes })
  return { exitCode, stdout: ports.stdout.text, stderr: ports.stderr.text, asked }
}

function aContainer(exitCode: number, changes: Partial<AttachedContainer> = {}): AttachedContainer {
  return { join: async () => exitCode, signal: async () => {}, [Symbol.dispose]: () => {}, ...changes }
}

for (const code of [0, 7, 137]) {
  test(`run passes the exit code ${code} on`, async () => {
    expect(await runWith(['web', 'ls'], { run: { container: aContainer(code) } })).toMatchObject({
      exitCode: code,
    })
  })
}

test('run -d prints the id of the container', async () => {
  const { exitCode, stdout, asked } = await runWith(['-d', 'web', 'ls'])
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${containerIdOf(1)}\n` })
  expect(asked).toMatchObject([{ io: undefined }])
})

test('run removes a container with --rm only when it has ended', async () => {
  const order: string[] = []
  const container = aContainer(0, { join: async () => order.push('joined') && 0 })
  const finish = async () => void order.push('finished')
  await runWith(['--rm', 'web'], { run: { container, finish } })
  expect(order).toEqual(['joined', 'finished'])
})

test('run removes a container with --rm whose keeper is gone', async () => {
  const order: string[] = []
  const lost = new TcomposeError('keeper', 'Cannot reach the keeper')
  const container = aContainer(0, { join: () => Promise.reject(lost) })
  const finish = async () => void order.push('finished')
  const { exitCode, stderr } = await runWith(['--rm', 'web'], { run: { container, finish } })
  expect({ exitCode, order }).toEqual({ exitCode: 1, order: ['finished'] })
  expect(stderr).toContain('Cannot reach the keeper')
})

test('run hands signals to the container from before its start, and keeps none for itself', async () => {
  const signals: string[] = []
  const container = aContainer(0, {
    signal: async name => void signals.push(name),
    join: async () => {
      await new Promise(resolve => setImmediate(resolve))
      send('SIGUSR1')
      await new Promise(resolve => setImmediate(resolve))
      return 0
    },
  })
  const { interrupts } = recordedPorts([])
  let send: (name: NodeJS.Signals) => void = () => {}
  const forward: typeof interrupts.forward = deliver => {
    send = deliver
    return { [Symbol.dispose]: () => void signals.push('no more') }
  }
  const starting = async ({ onStarting }: RunOptions): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<AttachedContainer>()
    onStarting?.(promise)
    send('SIGHUP')
    send('SIGINT')
    resolve(container)
  }
  await runWith(['web'], {
    run: { container },
    starting,
    changes: { interrupts: { ...interrupts, forward } },
  })
  expect(signals).toEqual(['SIGHUP', 'SIGINT', 'SIGUSR1', 'no more'])
})

const BOTH: Partial<CliPorts> = { isInputTerminal: true, stdout: recordedOutput({ isTerminal: true }) }
for (const { what, args, changes, kind } of [
  { what: 'on a terminal', args: ['web'], changes: BOTH, kind: 'terminal' },
  { what: 'with -it', args: ['-it', 'web'], changes: BOTH, kind: 'terminal' },
  { what: 'with -T', args: ['-T', 'web'], changes: BOTH, kind: 'streams' },
  { what: 'with --interactive=false', args: ['--interactive=false', 'web'], changes: BOTH, kind: 'streams' },
  { what: 'with -i=false', args: ['-i=false', 'web'], changes: BOTH, kind: 'streams' },
  {
    what: 'with input from elsewhere',
    args: ['web'],
    changes: { ...BOTH, isInputTerminal: false },
    kind: 'streams',
  },
  { what: 'with output to elsewhere', args: ['web'], changes: { isInputTerminal: true }, kind: 'streams' },
]) {
  test(`run ${what} joins the container to: ${kind}`, async () => {
    expect((await runWith(args, { changes })).asked).toMatchObject([
      { io: { kind }, tty: kind === 'terminal', stdinOpen: !args.join().includes('=false') },
    ])
  })
}

test('run leaves what follows the service to the command', async () => {
  const { asked } = await runWith(['--rm', 'web', 'ls', '--rm', '-d', '--', '-e=true'])
  expect(asked).toMatchObject([{ remove: true, command: ['ls', '--rm', '-d', '--', '-e=true'] }])
})

test('run asks for nothing that was not given', async () => {
  expect((await runWith(['web'])).asked).toEqual([
    {
      ...{ service: 'web', command: undefined, entrypoint: undefined, name: undefined },
      ...{ user: undefined, workingDir: undefined, environment: [], environmentFiles: [], labels: [] },
      ...{ capAdd: [], capDrop: [], volumes: [], publish: [], servicePorts: false, useAliases: false },
      ...{ remove: false, removeOrphans: false, noDeps: false, pull: undefined, build: undefined },
      ...{ tty: false, stdinOpen: true, io: { kind: 'streams', stdin: 0, stdout: 1, stderr: 2 } },
    },
  ])
})

test('run reports why a container was not started', async () => {
  const message = 'Cannot find service "typo"'
  const result: OneOffResult = {
    kind: 'not-started',
    result: { kind: 'invalid', diagnostics: [{ severity: 'error', code: 'undefined-reference', message }] },
  }
  const { exitCode, stderr } = await runWith(['typo'], { result })
  expect(exitCode).toBe(2)
  expect(stderr).toContain(message)
})

test('run takes --publish or --service-ports, not both', async () => {
  const { exitCode, stderr, asked } = await runWith(['-P', '-p', '80', 'web'])
  expect({ exitCode, asked }).toEqual({ exitCode: 2, asked: [] })
  expect(stderr).toContain('--service-ports and --publish cannot be combined')
})
