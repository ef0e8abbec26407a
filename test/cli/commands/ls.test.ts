import { expect, test } from 'vitest'
import type { ObservedContainer } from '../../../src/app/index.ts'
import type { ProjectSummary } from '../../../src/app/ls.ts'
import { TcomposeError } from '../../../src/base/tcompose-error.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { parseProjectName } from '../../../src/model/names.ts'
import { recordedPorts } from '../../support/cli-ports.ts'
import { anObservedContainer } from '../../support/observed-container.ts'

const exited: ObservedContainer['state'] = { kind: 'exited', exitCode: 0, finishedAt: 1, outOfMemory: false }

function aProject(name: string, ...states: readonly ObservedContainer['state'][]): ProjectSummary {
  const containers = states.map(state => anObservedContainer('web', { state }))
  return { name: parseProjectName(name), containers, files: [`/${name}/compose.yaml`] }
}

const PROJECTS: readonly ProjectSummary[] = [
  {
    ...{ name: parseProjectName('broken'), containers: [], files: [] },
    unreadable: new TcomposeError('state-corrupt', 'Cannot read "project.json"'),
  },
  aProject('half', { kind: 'running', pid: 1, startedAt: 1 }, exited),
  aProject('off', exited),
  aProject('shop', { kind: 'running', pid: 1, startedAt: 1 }),
]

async function ls(...args: readonly string[]) {
  const ports = recordedPorts(['ls', ...args], { ls: async () => PROJECTS })
  return { exitCode: await runCli(ports), stdout: ports.stdout.text }
}

for (const { args, names } of [
  { args: [], names: ['broken', 'half', 'shop'] },
  { args: ['-a'], names: ['broken', 'half', 'off', 'shop'] },
  { args: ['--filter', 'name=o'], names: ['broken', 'shop'] },
  { args: ['--filter', 'name=^s', '--filter', 'name=p$'], names: ['shop'] },
  { args: ['-a', '--filter', 'name=^of'], names: ['off'] },
]) {
  test(`"ls ${args.join(' ')}" names ${names.join(', ')}`, async () => {
    expect((await ls(...args, '-q')).stdout).toBe(names.map(name => `${name}\n`).join(''))
  })
}

test('ls counts containers by state, and names the files', async () => {
  const rows = JSON.parse((await ls('-a', '--format', 'json')).stdout)
  expect(rows).toMatchObject([
    { Name: 'broken' },
    { Name: 'half', Status: 'exited(1), running(1)', ConfigFiles: '/half/compose.yaml' },
    { Name: 'off', Status: 'exited(1)' },
    { Name: 'shop', Status: 'running(1)' },
  ])
})

for (const filter of ['label=a', 'name', 'name=(']) {
  test(`ls refuses the filter "${filter}"`, async () => {
    expect(await ls('--filter', filter)).toEqual({ exitCode: 2, stdout: '' })
  })
}
