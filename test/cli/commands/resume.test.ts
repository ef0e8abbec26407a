import { expect, test } from 'vitest'
import type { ResumableProject } from '../../../src/app/resume.ts'
import { TcomposeError } from '../../../src/base/tcompose-error.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { parseProjectName } from '../../../src/model/names.ts'
import { recordedPorts } from '../../support/cli-ports.ts'
import { aPlan, aStart } from '../../support/plan-builders.ts'

const REQUEST = { profiles: [], envFiles: [], projectDirectory: undefined, allowUnsupported: false }

function resumable(name: string): ResumableProject {
  return {
    kind: 'resumable',
    name: parseProjectName(name),
    request: { ...REQUEST, files: [], projectName: name },
  }
}

async function resume(projects: readonly ResumableProject[], ...args: readonly string[]) {
  const resumed: (string | undefined)[] = []
  let named: readonly string[] = []
  const ports = recordedPorts(['resume', ...args], {
    findResumable: async (_request, { names }) => {
      named = names
      return projects
    },
    resume: async ({ request: { projectName = '' } }) => {
      resumed.push(projectName)
      return {
        ...{ kind: 'ran', project: parseProjectName(projectName), origins: new Map(), diagnostics: [] },
        plan: aPlan([aStart(1, 'web')]),
        report: { outcomes: new Map([[1, { kind: 'done' }]]) },
      }
    },
  })
  return { exitCode: await runCli(ports), resumed, named, stderr: ports.stderr.text }
}

test('resume brings back each project, or those that are named', async () => {
  const { exitCode, resumed, named } = await resume([resumable('shop'), resumable('blog')], 'shop', 'blog')
  expect({ exitCode, resumed, named }).toEqual({
    exitCode: 0,
    resumed: ['shop', 'blog'],
    named: ['shop', 'blog'],
  })
})

test('resume fails for a project whose record is damaged, and brings back the others', async () => {
  const error = new TcomposeError('state-corrupt', 'Cannot read the record of project blog')
  const damaged: ResumableProject = { kind: 'unreadable', name: parseProjectName('blog'), error }
  const { exitCode, resumed, stderr } = await resume([damaged, resumable('shop')])
  expect({ exitCode, resumed }).toEqual({ exitCode: 1, resumed: ['shop'] })
  expect(stderr).toContain('Cannot read the record of project blog')
})

test('systemd writes a unit that calls this program', async () => {
  const ports = recordedPorts(['systemd'])
  expect(await runCli(ports)).toBe(0)
  expect(ports.stdout.text).toContain('ExecStart=/opt/tcompose/bin/tcompose --progress plain resume\n')
})
