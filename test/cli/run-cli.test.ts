import { describe, expect, test } from 'vitest'
import type { ProjectRequest, RunResult } from '../../src/app/index.ts'
import { servicePath } from '../../src/base/model-path.ts'
import { TcomposeError } from '../../src/base/tcompose-error.ts'
import { runCli } from '../../src/cli/run-cli.ts'
import { parseProjectName } from '../../src/model/names.ts'
import type { Plan } from '../../src/planner/plan.ts'
import { recordedPorts } from '../support/cli-ports.ts'
import type { FakeUseCases } from '../support/fake-use-cases.ts'

const nothing: Plan = { project: 'shop', changes: [], steps: [], warnings: [], unchanged: ['shop-web-1'] }

function ran(changes: Partial<Extract<RunResult, { kind: 'ran' }>> = {}): RunResult {
  return {
    kind: 'ran',
    project: parseProjectName('shop'),
    plan: nothing,
    report: { outcomes: new Map() },
    origins: new Map(),
    diagnostics: [],
    ...changes,
  }
}

/** Runs a command line and returns what it did. */
async function run(line: string, app: FakeUseCases = {}) {
  const ports = recordedPorts(line.split(' ').filter(Boolean), app)
  const exitCode = await runCli(ports)
  return { exitCode, stdout: ports.stdout.text, stderr: ports.stderr.text }
}

describe('runCli() with a wrong command line', () => {
  const cases: ReadonlyArray<{ readonly line: string; readonly says: readonly string[] }> = [
    { line: 'upp', says: ['unknown command "upp"', 'did you mean "up"?'] },
    { line: '-p logs upp', says: ['unknown command "upp"', 'did you mean "up"?'] },
    { line: 'up --detatch', says: ['unknown option "--detatch"', 'did you mean "--detach"?'] },
    { line: 'up --progress fancy', says: ['"fancy" is invalid', 'auto, tty, plain, json, quiet'] },
    { line: 'up --scale web', says: ['Expected SERVICE=NUMBER'] },
    { line: 'up -t soon', says: ['Expected a whole number'] },
    { line: 'up --force-recreate --no-recreate', says: ['cannot be combined'] },
    { line: 'up -d --no-attach web', says: ['--detach and --no-attach cannot be combined'] },
    { line: 'up --wait --attach web', says: ['--wait and --attach cannot be combined'] },
    {
      line: 'up --attach web --attach-dependencies',
      says: ['--attach and --attach-dependencies cannot be combined'],
    },
    { line: 'completion tcsh', says: ['value "tcsh" is invalid for argument "shell"', 'bash, zsh, fish'] },
    { line: 'exec web', says: ['missing required argument "command"'] },
    { line: 'version extra', says: ['too many arguments'] },
    { line: 'exec --index 0 web ls', says: ['Expected a number of 1 or more'] },
    { line: 'port --index 0 web 80', says: ['Expected a number of 1 or more'] },
    { line: 'logs --index 0 web', says: ['Expected a number of 1 or more'] },
  ]
  for (const { line, says } of cases) {
    test(`refuses "${line}" with a hint and exit code 2`, async () => {
      const { exitCode, stdout, stderr } = await run(line)
      expect([exitCode, stdout]).toEqual([2, ''])
      expect(stderr).toContain('error[TC1014]')
      for (const text of says) expect(stderr).toContain(text)
    })
  }
})

describe('runCli() with help and version', () => {
  for (const line of ['image', 'system']) {
    test(`shows what "${line}" can do, and exits with 2 for it did nothing`, async () => {
      const { exitCode, stdout, stderr } = await run(line)
      expect([exitCode, stdout]).toEqual([2, ''])
      expect(stderr).toContain(`Usage: tcompose ${line}`)
      expect(stderr).not.toMatch(/error|display/)
    })
  }

  for (const [line, same] of [
    ['help', '--help'],
    ['help up', 'up --help'],
    ['help image ls', 'image ls --help'],
  ] as const) {
    test(`shows for "${line}" what "${same}" shows`, async () => {
      expect(await run(line)).toEqual(await run(same))
    })
  }

  test('answers "help" with an unknown command as one', async () => {
    const { exitCode, stderr } = await run('help upp')
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('unknown command "upp"')])
  })

  test('takes the hidden options of docker compose', async () => {
    const { exitCode, stdout } = await run('--verbose --no-ansi --workdir /tmp version --short')
    expect([exitCode, stdout]).toEqual([0, '2.26.1\n'])
  })

  for (const line of ['', '--help', 'up --help']) {
    test(`prints help for "${line}" and exits with 0`, async () => {
      const { exitCode, stdout } = await run(line)
      expect(exitCode).toBe(0)
      expect(stdout).toContain('Usage: tcompose')
    })
  }

  const versions = [
    { line: 'version', text: 'tcompose version v1.2.3 (Docker Compose interface v2.26.1)\n' },
    { line: '--version', text: 'tcompose version v1.2.3 (Docker Compose interface v2.26.1)\n' },
    { line: 'version --short', text: '2.26.1\n' },
    { line: 'version -f json', text: '{"version":"2.26.1","tcompose":"1.2.3"}\n' },
    { line: 'compose version --short', text: '2.26.1\n' },
    { line: '--context remote compose version --short', text: '2.26.1\n' },
  ]
  for (const { line, text } of versions) {
    test(`prints the version for "${line}"`, async () => {
      expect(await run(line)).toEqual({ exitCode: 0, stdout: text, stderr: '' })
    })
  }
})

describe('runCli() passes on', () => {
  test('the global options, before the command and behind it', async () => {
    let request: ProjectRequest | undefined
    const plan: FakeUseCases['plan'] = async asked => {
      request = asked
      return { kind: 'planned', plan: nothing, diagnostics: [], unchanged: 1 }
    }
    await run('-f a.yaml --profile x -p shop plan -f b.yaml --env-file .env --project-directory /srv', {
      plan,
    })
    expect(request).toEqual({
      files: ['a.yaml', 'b.yaml'],
      projectName: 'shop',
      projectDirectory: '/srv',
      profiles: ['x'],
      envFiles: ['.env'],
      allowUnsupported: false,
      compatibility: false,
    })
  })

  test('the options of up', async () => {
    let given: unknown
    const up: FakeUseCases['up'] = async ({ options }) => {
      given = options
      return ran()
    }
    const line = 'up -d --scale web=3 --scale db=1 -t 5 -V --no-deps --remove-orphans web db'
    expect(await run(line, { up })).toMatchObject({ exitCode: 0 })
    expect(given).toEqual({
      services: ['web', 'db'],
      noDeps: true,
      forceRecreate: false,
      noRecreate: false,
      noStart: false,
      removeOrphans: true,
      renewAnonymousVolumes: true,
      scale: new Map([
        ['web', 3],
        ['db', 1],
      ]),
      timeout: 5000,
      wait: false,
    })
  })

  test('-f of logs as --follow, not as a file', async () => {
    let given: unknown
    const logs: FakeUseCases['logs'] = async (request, { follow, tail, since }) => {
      given = { files: request.files, follow, tail, since }
      return { kind: 'lines', names: [], unkept: [], events: noLines() }
    }
    await run('-f a.yaml logs -f -n 5 --since 10m', { logs })
    expect(given).toEqual({
      files: ['a.yaml'],
      follow: true,
      tail: 5,
      since: '2026-11-23T11:50:00.000000000Z',
    })
  })

  test('the options of the command that exec runs, and its exit code', async () => {
    let given: unknown
    const exec: FakeUseCases['exec'] = async (_request, options) => {
      given = options
      return { kind: 'exited', exitCode: 42 }
    }
    const result = await run('exec -T -e A=1 -u app --index 2 web ls -l --help', { exec })
    expect(result.exitCode).toBe(42)
    expect(given).toMatchObject({
      service: 'web',
      index: 2,
      argv: ['ls', '-l', '--help'],
      environment: ['A=1'],
      user: 'app',
      io: { kind: 'streams' },
    })
  })
})

describe('runCli() exits', () => {
  test('with 2 for bad input', async () => {
    const up: FakeUseCases['up'] = async () => ({
      kind: 'invalid',
      diagnostics: [{ severity: 'error', code: 'unknown-key', message: 'Unknown key "imgae"' }],
    })
    const { exitCode, stderr } = await run('up -d', { up })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error[TC1003]: Unknown key "imgae"')
    expect(stderr).toContain('Nothing was changed.')
  })

  test('with 1 where the host refuses, and says that nothing was changed', async () => {
    const error = new TcomposeError('port-in-use', 'Cannot publish port 80: it is in use')
    const up: FakeUseCases['up'] = async () => ({ kind: 'refused', errors: [error], origins: new Map() })
    const { exitCode, stderr } = await run('up -d', { up })
    expect(exitCode).toBe(1)
    expect(stderr).toBe('error[TC5002]: Cannot publish port 80: it is in use\n\nNothing was changed.\n')
  })

  test('with 1 if a step failed', async () => {
    const error = new TcomposeError('container-exited', 'Cannot wait for db: it has exited')
    const outcomes = new Map([[1, { kind: 'failed', error } as const]])
    const { exitCode, stderr } = await run('down', { down: async () => ran({ report: { outcomes } }) })
    expect(exitCode).toBe(1)
    expect(stderr).toContain('Cannot wait for db: it has exited')
  })

  test('with 2 if what a step reads is wrong, and shows all of it', async () => {
    const diagnostics = ['Unknown instruction "RUM"', 'Unknown instruction "COPPY"'].map(
      message => ({ severity: 'error', code: 'dockerfile', message }) as const,
    )
    const error = new TcomposeError('dockerfile', 'Cannot build: 2 mistakes', { diagnostics })
    const placed = error.at(servicePath('web', 'build'))
    const outcomes = new Map([[1, { kind: 'failed', error: placed } as const]])
    const { exitCode, stderr } = await run('up -d', { up: async () => ran({ report: { outcomes } }) })
    expect(exitCode).toBe(2)
    expect(stderr).toBe(diagnostics.map(({ message }) => `error[TC1023]: ${message}\n`).join('\n'))
  })

  test('with 130 if the run was cancelled', async () => {
    const outcomes = new Map([[1, { kind: 'cancelled' } as const]])
    expect(await run('stop', { stop: async () => ran({ report: { outcomes } }) })).toMatchObject({
      exitCode: 130,
    })
  })

  test('with 1 for a failure of the host and 2 for one of the input', async () => {
    const reject = (code: 'not-root' | 'project-name'): FakeUseCases['start'] => {
      return () => Promise.reject(new TcomposeError(code, 'Cannot start'))
    }
    expect(await run('start', { start: reject('not-root') })).toMatchObject({ exitCode: 1 })
    expect(await run('start', { start: reject('project-name') })).toMatchObject({ exitCode: 2 })
  })

  test('by throwing for a bug', async () => {
    await expect(run('start')).rejects.toThrow('Cannot call start')
  })

  const step = {
    id: 1,
    action: { kind: 'fetch-image', image: 'oci:x', policy: 'missing' },
    cause: 'not found',
    dependsOn: [],
    origin: undefined,
    destructive: undefined,
  } as const
  const plans = [
    { line: 'plan', steps: [step], exitCode: 0 },
    { line: 'plan --detailed-exitcode', steps: [step], exitCode: 3 },
    { line: 'plan --detailed-exitcode', steps: [], exitCode: 0 },
  ]
  for (const { line, steps, exitCode } of plans) {
    test(`with ${exitCode} for "${line}" and ${steps.length} steps`, async () => {
      const plan: FakeUseCases['plan'] = async () => ({
        kind: 'planned',
        plan: { ...nothing, steps },
        diagnostics: [],
        unchanged: 1,
      })
      expect(await run(line, { plan })).toMatchObject({ exitCode })
    })
  }
})

test('runCli() prints a plan as text, its warnings on standard error', async () => {
  const plan: FakeUseCases['plan'] = async () => ({
    kind: 'planned',
    plan: { ...nothing, warnings: ['Found an orphan'] },
    diagnostics: [],
    unchanged: 1,
  })
  expect(await run('plan', { plan })).toEqual({
    exitCode: 0,
    stdout: 'Nothing to do: 1 container is up to date\n',
    stderr: 'warning: Found an orphan\n',
  })
})

test('runCli() prints a plan as JSON', async () => {
  const plan: FakeUseCases['plan'] = async () => ({
    kind: 'planned',
    plan: nothing,
    diagnostics: [],
    unchanged: 1,
  })
  const { stdout } = await run('plan --json', { plan })
  expect(JSON.parse(stdout)).toMatchObject({ formatVersion: 1, project: 'shop', steps: [] })
})

async function* noLines(): AsyncGenerator<never> {}
