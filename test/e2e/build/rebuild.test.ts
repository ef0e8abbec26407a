import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildModel } from '../../support/build-case/build-model.ts'
import { type FoundCaseBench, openCaseBench } from '../../support/build-case/case-bench.ts'
import type { ImageDescription } from '../../support/build-case/describe-image.ts'
import {
  applyEdit,
  arbitraryEdit,
  FIRST_PROJECT,
  type ModelEdit,
} from '../../support/build-case/model-edit.ts'
import { keysOfRuns, type ModelProject } from '../../support/build-case/model-project.ts'
import { MAY_DOWNLOAD } from '../../support/parts/find-program.ts'

let bench: FoundCaseBench
beforeAll(async () => {
  bench = await openCaseBench()
}, MAY_DOWNLOAD.timeout)
afterAll(() => bench[Symbol.asyncDispose]())

const EDITS = fc.array(arbitraryEdit, { minLength: 6, maxLength: 6 })

function projectsOf(edits: readonly ModelEdit[]): readonly ModelProject[] {
  const projects = [FIRST_PROJECT]
  for (const edit of edits) projects.push(applyEdit(projects.at(-1) ?? FIRST_PROJECT, edit))
  return projects
}

test('build runs the steps again that an edit changes, and no other', async ({ skip }) => {
  if (bench.kind === 'missing') return skip(bench.reason)
  const ready = bench
  const known = new Map<string, string>()
  await fc.assert(
    fc.asyncProperty(EDITS, async edits => {
      for (const model of projectsOf(edits)) {
        const image = await buildModel(ready, model, { name: 'rebuild', output: 'random' })
        expectKnownRuns(model, image, known)
      }
    }),
    { numRuns: 2, endOnFailure: true },
  )
})

/** A run whose key is known left the bytes that it left then; one whose key is not left bytes never seen. */
function expectKnownRuns(model: ModelProject, image: ImageDescription, known: Map<string, string>): void {
  const seen = new Set(known.values())
  const written = [...keysOfRuns(model)].map(([id, key]) => ({
    id,
    key,
    digest: image.random.get(`/rnd${id}`),
  }))
  const outcome = written.map(({ id, digest = '' }) => `${id} ${seen.has(digest) ? digest : 'ran'}`)
  expect(outcome).toEqual(written.map(({ id, key }) => `${id} ${known.get(key) ?? 'ran'}`))
  for (const { key, digest = '' } of written) known.set(key, digest)
}

test('build of edited sources from the cache gives the diffIDs of a build without it', async ({ skip }) => {
  if (bench.kind === 'missing') return skip(bench.reason)
  const ready = bench
  // Before the times of all files, so that a file that was only touched is the same.
  const options = { name: 'cold', output: 'fixed', args: { SOURCE_DATE_EPOCH: '999999999' } } as const
  await fc.assert(
    fc.asyncProperty(EDITS, async edits => {
      for (const model of projectsOf(edits)) {
        const cached = await buildModel(ready, model, options)
        const cold = await buildModel(ready, model, { ...options, flags: ['--no-cache'] })
        expect(cold.diffIds).toEqual(cached.diffIds)
      }
    }),
    { numRuns: 1, endOnFailure: true },
  )
})
