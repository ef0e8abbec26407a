import { expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../src/base/absolute-path.ts'
import { projectVariables } from '../../../src/parser/environment/project-variables.ts'
import type { LoadRequest } from '../../../src/parser/load-request.ts'
import { portsOf } from '../../support/memory-project.ts'

const files = { '.env': 'A=file\nB=file\n', 'sub/.env': 'B=sub\nC=sub\n', 'named.env': 'C=named\n' }

function variablesOf(request: Partial<LoadRequest>, workingDir = '/project') {
  const whole: LoadRequest = {
    files: undefined,
    projectDirectory: undefined,
    projectName: undefined,
    profiles: undefined,
    envFiles: undefined,
    workingDirectory: parseAbsolutePath('/project'),
    ...request,
  }
  const ports = portsOf({ files, environment: { A: 'process' } })
  return Object.fromEntries(projectVariables(whole, ports, parseAbsolutePath(workingDir)))
}

test('projectVariables() has those of the process, then those of the env files of the project', () => {
  expect(variablesOf({})).toEqual({ A: 'process', B: 'file' })
  expect(variablesOf({ files: ['sub/compose.yaml'] }, '/project/sub')).toEqual({
    A: 'process',
    B: 'sub',
    C: 'sub',
  })
  expect(variablesOf({ envFiles: ['named.env'] })).toEqual({ A: 'process', C: 'named' })
})

test('projectVariables() adds those of the folder in which the project was found', () => {
  expect(variablesOf({}, '/project/sub')).toEqual({ A: 'process', B: 'file', C: 'sub' })
})
