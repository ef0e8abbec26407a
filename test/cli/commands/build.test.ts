import { describe, expect, test } from 'vitest'
import type { BuildFlags } from '../../../src/app/build-flags.ts'
import type { InspectedBuild } from '../../../src/app/inspect-builds.ts'
import type { BuildCall } from '../../../src/app/load-builds.ts'
import type { RunResult } from '../../../src/app/run-plan.ts'
import type { Diagnostic } from '../../../src/base/diagnostic.ts'
import { TcomposeError } from '../../../src/base/tcompose-error.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { parseProjectName } from '../../../src/model/names.ts'
import type { Step } from '../../../src/planner/plan.ts'
import { aBuildStep, aBuildStepSummary, anImageBuild } from '../../support/build-builders.ts'
import { recordedPorts } from '../../support/cli-ports.ts'
import type { FakeUseCases } from '../../support/fake-use-cases.ts'
import { aProject } from '../../support/model-builders.ts'
import { aPlan } from '../../support/plan-builders.ts'

function ran(steps: readonly Step[]): RunResult {
  return {
    ...{ kind: 'ran', project: parseProjectName('shop'), origins: new Map(), diagnostics: [] },
    plan: aPlan(steps),
    report: { outcomes: new Map() },
  }
}

/** Runs `build`; `asked` is what the use case was called with. */
async function build(args: readonly string[], fakes: FakeUseCases = {}) {
  const asked: BuildCall[] = []
  const ports = recordedPorts(['build', ...args], {
    build: async ({ options }) => {
      asked.push(options)
      return ran([aBuildStep(1, 'web')])
    },
    ...fakes,
  })
  return { exitCode: await runCli(ports), asked, stdout: ports.stdout.text, stderr: ports.stderr.text }
}

const FLAGS: BuildFlags = { args: [], noCache: false, pull: false, ssh: [] }
const PLAIN: BuildCall = { services: [], withDependencies: false, push: false, flags: FLAGS }

const flags: ReadonlyArray<{ readonly args: readonly string[]; readonly wanted: Partial<BuildCall> }> = [
  { args: [], wanted: {} },
  { args: ['web', 'db'], wanted: { services: ['web', 'db'] } },
  { args: ['--with-dependencies'], wanted: { withDependencies: true } },
  { args: ['--push'], wanted: { push: true } },
  {
    args: ['--build-arg', 'A=1', '--build-arg', 'B'],
    wanted: { flags: { ...FLAGS, args: ['A=1', 'B'] } },
  },
  { args: ['--no-cache'], wanted: { flags: { ...FLAGS, noCache: true } } },
  { args: ['--pull'], wanted: { flags: { ...FLAGS, pull: true } } },
  { args: ['--ssh', 'default'], wanted: { flags: { ...FLAGS, ssh: [{ id: 'default', paths: [] }] } } },
  {
    args: ['--ssh', 'a=k1,k2', '--ssh', 'b=k3'],
    wanted: {
      flags: {
        ...FLAGS,
        ssh: [
          { id: 'a', paths: ['k1', 'k2'] },
          { id: 'b', paths: ['k3'] },
        ],
      },
    },
  },
  { args: ['--provenance=false', '--sbom=false'], wanted: {} },
  { args: ['--compress', '--force-rm', '--no-rm', '--progress', 'plain', '--parallel', '2'], wanted: {} },
]
for (const { args, wanted } of flags) {
  test(`"build ${args.join(' ')}" asks for that and nothing else`, async () => {
    expect(await build(args)).toMatchObject({ exitCode: 0, asked: [{ ...PLAIN, ...wanted }] })
  })
}

for (const flag of ['--provenance', '--sbom']) {
  for (const value of ['true', 'mode=max']) {
    test(`build refuses ${flag}=${value}, and builds nothing`, async () => {
      const { exitCode, asked, stderr } = await build([`${flag}=${value}`])
      expect([exitCode, asked]).toEqual([1, []])
      expect(stderr).toContain(`error[TC8004]: Cannot build with ${flag} ${value}`)
      expect(stderr).toContain(`${flag}=false`)
    })
  }
}

for (const args of [
  ['--builder', 'other'],
  ['-m', '512m'],
]) {
  test(`build says that ${args[0]} has no effect`, async () => {
    const { exitCode, asked, stderr } = await build(args)
    expect([exitCode, asked]).toEqual([0, [PLAIN]])
    expect(stderr).toMatch(/^warning: .* is ignored/)
  })
}

test('build says that there is nothing to build', async () => {
  const { exitCode, stderr } = await build([], { build: async () => ran([]) })
  expect([exitCode, stderr]).toEqual([0, 'No services to build\n'])
})

for (const [one, other] of [
  ['--check', '--print'],
  ['--check', '--push'],
  ['--check', '--shell'],
  ['--print', '--dry-run'],
  ['--print', '--shell'],
] as const) {
  test(`build refuses ${one} with ${other}`, async () => {
    const { exitCode, asked, stderr } = await build([one, other])
    expect([exitCode, asked]).toEqual([2, []])
    expect(stderr).toContain(`${one} and ${other} cannot be combined`)
  })
}

test('build refuses keys without an id', async () => {
  const { exitCode, stderr } = await build(['--ssh', '/keys/a'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('Expected "default" or ID=PATH')
})

test('build --dry-run shows what it would do, and does nothing', async () => {
  const asked: BuildCall[] = []
  const {
    exitCode,
    stdout,
    asked: built,
  } = await build(['--dry-run', '--push', 'web'], {
    planBuild: async (_request, options) => {
      asked.push(options)
      return {
        kind: 'planned',
        plan: aPlan([aBuildStep(1, 'web')]),
        builds: [{ build: anImageBuild('web'), forecast: { steps: [], isCurrent: true } }],
        diagnostics: [],
      }
    },
  })
  expect([exitCode, built]).toEqual([0, []])
  expect(asked).toEqual([{ ...PLAIN, services: ['web'], push: true }])
  expect(stdout).toContain('1  shop-web  build image  (test)')
  expect(stdout).toContain('Build of shop-web: 0 of 0 steps are cached')
})

describe('build --shell', () => {
  test('opens a shell in the files of a command that fails, one step at a time', async () => {
    const opened: string[] = []
    const ports = recordedPorts(
      ['build', '--shell'],
      {
        build: async ({ hooks }) => {
          opened.push(`parallel ${hooks.parallel}`)
          await hooks.onFailedBuildStep?.({
            build: anImageBuild('web'),
            step: aBuildStepSummary(1, 'RUN false'),
            error: new TcomposeError('build-step', 'no'),
            shell: async ({ kind }) => {
              opened.push(kind)
              return 0
            },
          })
          return ran([aBuildStep(1, 'web')])
        },
      },
      { isInputTerminal: true },
    )
    Object.defineProperty(ports.stdout, 'isTerminal', { value: true })
    expect(await runCli(ports)).toBe(0)
    expect(opened).toEqual(['parallel 1', 'terminal'])
    expect(ports.stderr.text).toContain('Opening a shell in the files of "RUN false", which failed')
  })

  test('needs a terminal', async () => {
    const { exitCode, asked, stderr } = await build(['--shell'])
    expect([exitCode, asked]).toEqual([2, []])
    expect(stderr).toContain('--shell needs a terminal')
  })
})

/** What `--check` finds. */
function inspected(diagnostics: readonly Diagnostic[]): FakeUseCases {
  const steps = [
    { ...aBuildStepSummary(1, 'RUN npm ci', { stage: 'build' }), dependsOn: [] },
    { ...aBuildStepSummary(2, 'COPY --from=build /a /', { position: 2 }), dependsOn: [1] },
  ]
  const web: InspectedBuild = {
    build: anImageBuild('web'),
    inspection: { diagnostics, images: ['node:22'], steps },
  }
  const api: InspectedBuild = {
    build: anImageBuild('api'),
    inspection: { diagnostics: [], images: [], steps: undefined },
  }
  return {
    inspectBuilds: async () => ({
      ...{ kind: 'inspected', project: aProject([]), diagnostics: [] },
      builds: [web, api],
    }),
    findBuilds: async () => ({
      ...{ kind: 'found', project: aProject([]), diagnostics: [] },
      builds: [web.build, api.build],
    }),
  }
}

describe('build --check', () => {
  const found = { code: 'dockerfile-check', message: 'Stage name "Build" is not in lower case' } as const
  test('ends with 0 where nothing is found', async () => {
    const { exitCode, stdout, asked } = await build(['--check'], inspected([]))
    expect([exitCode, stdout, asked]).toEqual([0, 'Check complete, no warnings found.\n', []])
  })

  test('ends with 1 where there are warnings, and shows them', async () => {
    const { exitCode, stderr } = await build(['--check'], inspected([{ ...found, severity: 'warning' }]))
    expect(exitCode).toBe(1)
    expect(stderr).toContain(found.message)
  })

  test('ends with 2 where the Dockerfile is wrong', async () => {
    const { exitCode, stderr } = await build(['--check'], inspected([{ ...found, severity: 'error' }]))
    expect(exitCode).toBe(2)
    expect(stderr).toContain('Nothing was changed.')
  })
})

describe('build --print', () => {
  test('writes a definition that docker buildx bake reads', async () => {
    const { exitCode, stdout, asked } = await build(['--print'], inspected([]))
    expect([exitCode, asked]).toEqual([0, []])
    expect(JSON.parse(stdout)).toEqual({
      group: { default: { targets: ['api', 'web'] } },
      target: {
        web: { context: '/srv/shop', dockerfile: 'Dockerfile', tags: ['shop-web'], output: ['type=docker'] },
        api: { context: '/srv/shop', dockerfile: 'Dockerfile', tags: ['shop-api'], output: ['type=docker'] },
      },
    })
  })

  test('--format text writes the steps, behind those they need', async () => {
    const { stdout } = await build(['--print', '--format', 'text'], inspected([]))
    expect(stdout).toBe(
      [
        'web: shop-web, from node:22',
        '  1   [build 2/3]     RUN npm ci               ',
        '  2   [stage-0 2/3]   COPY --from=build /a /   after 1',
        '',
        'api: shop-api',
        '  its steps depend on an image that is not on this machine; "tcompose build" fetches it',
        '',
      ].join('\n'),
    )
  })

  test('--format json writes the steps for programs', async () => {
    const { stdout } = await build(['--print', '--format', 'json'], inspected([]))
    expect(JSON.parse(stdout)).toMatchObject({
      web: { image: 'shop-web', baseImages: ['node:22'], steps: [{ id: 1 }, { id: 2, dependsOn: [1] }] },
      api: { image: 'shop-api', steps: null },
    })
  })
})
