import { expect, test } from 'vitest'
import { sourcesOf } from '../../../../src/engine/local/build/sources-of.ts'
import type { RunMount } from '../../../../src/planner/build/build-graph.ts'
import { aCopyStep, aRunStep } from '../../../support/build-steps.ts'

const SPAN = { file: 'Dockerfile', line: 2, column: 1, endLine: 2, endColumn: 9 }
const STEP = { kind: 'step', id: 3 } as const
const IMAGE = { kind: 'image', image: 'tools' } as const

test('sourcesOf() names the files of each path that COPY has, and none of what it fetches or holds', () => {
  const { operation } = aCopyStep({
    sources: [
      { kind: 'tree', from: STEP, path: '/a', span: SPAN },
      { kind: 'inline', name: 'EOF', content: '', span: SPAN },
      { kind: 'url', url: 'http://host/x', checksum: undefined, span: SPAN },
      { kind: 'tree', from: IMAGE, path: '/b', span: SPAN },
    ],
  })
  expect(sourcesOf(operation)).toEqual([STEP, IMAGE])
})

test('sourcesOf() names the files of mounts of RUN, with those that a cache starts with', () => {
  const cache = {
    kind: 'cache',
    id: 'c',
    target: '/c',
    source: '/',
    sharing: 'shared',
    isReadOnly: false,
    uid: 0,
    gid: 0,
    mode: 0o755,
    span: SPAN,
  } as const
  const mounts: readonly RunMount[] = [
    { kind: 'bind', from: STEP, source: '/', target: '/b', isWritable: false, span: SPAN },
    { ...cache, from: IMAGE },
    { ...cache, from: undefined },
    { kind: 'tmpfs', target: '/t', sizeBytes: undefined, span: SPAN },
  ]
  expect(sourcesOf(aRunStep({ mounts }).operation)).toEqual([STEP, IMAGE])
})

test('sourcesOf() names none for WORKDIR', () => {
  expect(sourcesOf({ kind: 'workdir', path: '/w', user: '' })).toEqual([])
})
