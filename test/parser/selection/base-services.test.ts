import { expect, test } from 'vitest'
import { originOf } from '../../../src/model/project.ts'
import { toDesiredState } from '../../../src/planner/desired-state.ts'
import { planUp } from '../../../src/planner/plan-up.ts'
import { loadMemory } from '../../support/memory-project.ts'
import { anObservedState, sha256Hex } from '../../support/model-builders.ts'

const FILE = `services:
  web:
    build: { additional_contexts: { lib: "service:lib" } }
  lib:
    build: { context: ./lib, additional_contexts: { root: "service:root" } }
    profiles: [never]
    ipc: host
    depends_on: [gone]
  root:
    build: ./root
    image: example.com/root
    profiles: [never]
  other:
    build: ./other
    profiles: [never]
`

test('baseServices() are those that others are built from, themselves off', () => {
  const { value: project, diagnostics } = loadMemory({ files: { 'compose.yaml': FILE } })
  expect(diagnostics).toEqual([])
  expect([...(project?.services.keys() ?? [])]).toEqual(['web'])
  const bases = [...(project?.bases?.values() ?? [])]
  expect(bases.map(({ name, image, build }) => [name, image, build?.context])).toEqual([
    ['lib', 'project-lib', { kind: 'folder', path: '/project/lib' }],
    ['root', 'example.com/root', { kind: 'folder', path: '/project/root' }],
  ])
  expect(project && originOf(project.origins, 'services.root.build.context')?.line).toBe(10)
})

test('planUp() builds their images and runs none of them', () => {
  const { value: project } = loadMemory({ files: { 'compose.yaml': FILE } })
  if (project === undefined) throw new Error('Cannot load the project')
  const { steps } = planUp(toDesiredState(project, {}, sha256Hex), anObservedState())
  expect(
    steps.flatMap(({ action }) => (action.kind === 'build-image' ? [action.build.service] : [])),
  ).toEqual(['root', 'lib', 'web'])
  expect(steps.filter(({ action }) => action.kind === 'create-container')).toHaveLength(1)
})

test('checkSupported() looks at how they are built', () => {
  const file = FILE.replace('./root', '{network: back}')
  const { diagnostics } = loadMemory({ files: { 'compose.yaml': file } })
  expect(diagnostics.map(({ code, span }) => `${code} ${span?.line}`)).toEqual(['unsupported-key 10'])
})
