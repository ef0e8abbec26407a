import { expect, test } from 'vitest'
import { readsOf } from '../../../../src/engine/local/build/reads-of.ts'
import type { BuildOperation, CopySource, RunMount } from '../../../../src/planner/build/build-graph.ts'
import { aCopyStep, aRunStep } from '../../../support/build-steps.ts'

const SPAN = { file: 'Dockerfile', line: 2, column: 1, endLine: 2, endColumn: 9 }
const TREE = { kind: 'tree', from: { kind: 'step', id: 3 }, path: '/a', span: SPAN } satisfies CopySource
const BIND: RunMount = {
  kind: 'bind',
  from: { kind: 'step', id: 3 },
  source: '/',
  target: '/b',
  isWritable: false,
  span: SPAN,
}
const INLINE: CopySource = { kind: 'inline', name: 'EOF', content: '', span: SPAN }

const ofResult =
  (resultId: string) =>
  (operation: BuildOperation): Promise<string | undefined> =>
    readsOf(operation, async () => resultId)

test('readsOf() is the same for the same files, wherever the instruction stands', async () => {
  const moved = { ...TREE, span: { ...SPAN, line: 9 } }
  const [one, other] = [aCopyStep({ sources: [TREE] }), aCopyStep({ sources: [moved] })]
  expect(await ofResult('r')(one.operation)).toBe(await ofResult('r')(other.operation))
})

const COPY = aCopyStep({ sources: [TREE] }).operation

test.each<readonly [string, BuildOperation]>([
  ['another path', aCopyStep({ sources: [{ ...TREE, path: '/b' }] }).operation],
  ['patterns of what is left out', aCopyStep({ sources: [TREE], excludes: ['*.md'] }).operation],
  ['folders that are kept', aCopyStep({ sources: [TREE], keepsParents: true }).operation],
  ['text of the Dockerfile beside it', aCopyStep({ sources: [TREE, INLINE] }).operation],
  ['a mount', aRunStep({ mounts: [BIND] }).operation],
])('readsOf() is another for %s', async (_what, operation) => {
  const reads = await ofResult('r')(operation)
  expect(reads).toMatch(/^[0-9a-f]{64}$/)
  expect(reads).not.toBe(await ofResult('r')(COPY))
})

test('readsOf() is another for another result', async () => {
  expect(await ofResult('s')(COPY)).not.toBe(await ofResult('r')(COPY))
})

test.each<readonly [string, BuildOperation]>([
  ['files of a context', aCopyStep().operation],
  [
    'a context beside a result',
    aCopyStep({ sources: [TREE, { ...TREE, from: { kind: 'context', name: '' } }] }).operation,
  ],
  [
    'what is fetched',
    aCopyStep({ sources: [TREE, { kind: 'url', url: 'http://host/x', checksum: undefined, span: SPAN }] })
      .operation,
  ],
  ['text of the Dockerfile alone', aCopyStep({ sources: [INLINE] }).operation],
  [
    'a mount of a context',
    aRunStep({ mounts: [BIND, { ...BIND, from: { kind: 'context', name: '' } }] }).operation,
  ],
  ['a command without mounts', aRunStep().operation],
  ['WORKDIR', { kind: 'workdir', path: '/w', user: '' }],
])('readsOf() is undefined for %s', async (_what, operation) => {
  expect(await ofResult('r')(operation)).toBeUndefined()
})
