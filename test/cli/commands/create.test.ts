import { expect, test } from 'vitest'
import type { UpOptions } from '../../../src/app/index.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { parseProjectName } from '../../../src/model/names.ts'
import { recordedPorts } from '../../support/cli-ports.ts'

/** Runs a command that is a kind of `up`. */
async function asked(argv: readonly string[]) {
  const options: UpOptions[] = []
  const ports = recordedPorts(argv, {
    up: async call => {
      options.push(call.options)
      return {
        ...{ kind: 'ran', project: parseProjectName('shop'), origins: new Map(), diagnostics: [] },
        plan: { project: 'shop', changes: [], steps: [], warnings: [] },
        report: { outcomes: new Map() },
      }
    },
  })
  return { exitCode: await runCli(ports), stderr: ports.stderr.text, options }
}

test('create makes containers and starts none', async () => {
  expect((await asked(['create', 'web'])).options).toMatchObject([
    { services: ['web'], noStart: true, noDeps: false, noRecreate: false, wait: false },
  ])
})

test('create takes what decides of containers', async () => {
  const { options } = await asked([
    ...[
      'create',
      '--build',
      '--force-recreate',
      '--pull',
      'always',
      '--quiet-pull',
      '--remove-orphans',
      '-y',
    ],
    ...['--scale', 'web=2'],
  ])
  expect(options).toMatchObject([
    {
      build: 'always',
      forceRecreate: true,
      pull: 'always',
      removeOrphans: true,
      scale: new Map([['web', 2]]),
    },
  ])
})

test('create refuses options that contradict each other', async () => {
  const { exitCode, stderr, options } = await asked(['create', '--build', '--no-build'])
  expect({ exitCode, options }).toEqual({ exitCode: 2, options: [] })
  expect(stderr).toContain('--build and --no-build cannot be combined')
})

test('scale sets the number of containers of the services that it names, and touches no others', async () => {
  expect((await asked(['scale', 'web=3', 'worker=0'])).options).toMatchObject([
    {
      services: ['web', 'worker'],
      scale: new Map([
        ['web', 3],
        ['worker', 0],
      ]),
      noStart: false,
      noDeps: false,
    },
  ])
  expect((await asked(['scale', '--no-deps', 'web=3'])).options).toMatchObject([{ noDeps: true }])
})

test.for([['scale'], ['scale', 'web'], ['scale', 'web=many']])('scale refuses %j', async argv => {
  const { exitCode, options } = await asked(argv)
  expect({ exitCode, options }).toEqual({ exitCode: 2, options: [] })
})

test.for([
  { flags: ['-d'], wait: false },
  { flags: ['--wait'], wait: true },
  { flags: ['--wait', '--wait-timeout', '3'], wait: { timeout: 3000 } },
  { flags: ['--wait', '--wait-timeout', '0'], wait: true },
])('up $flags waits: $wait', async ({ flags, wait }) => {
  expect((await asked(['up', ...flags])).options).toMatchObject([{ wait }])
})

test('up takes --always-recreate-deps, and not with --no-recreate', async () => {
  expect((await asked(['up', '-dy', '--always-recreate-deps', 'web'])).options).toMatchObject([
    { alwaysRecreateDeps: true, forceRecreate: false },
  ])
  const refused = await asked(['up', '-d', '--always-recreate-deps', '--no-recreate'])
  expect(refused.stderr).toContain('--always-recreate-deps and --no-recreate cannot be combined')
})
