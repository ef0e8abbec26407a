import { expect, test } from 'vitest'
import { exportImages } from '../../src/app/export-images.ts'
import { fakeImageStore } from '../support/fake-image-store.ts'
import { memoryContext } from '../support/memory-context.ts'
import { aProjectRequest } from '../support/project-call.ts'

const COMPOSE = `
name: shop
services:
  web: { image: a, depends_on: [db] }
  db: { image: b }
  job: { image: c }
  local: { image: "rootfs:/" }
`

/** Exports; `saved` is what was written to the archive. */
async function exportOf(compose: string, services: readonly string[] = []) {
  const saved: string[] = []
  const save: ReturnType<typeof fakeImageStore>['save'] = async ({ images }) => {
    saved.push(...images.map(({ reference }) => reference))
  }
  const context = memoryContext({ files: { 'compose.yaml': compose } }, { images: fakeImageStore({ save }) })
  const output = async (): Promise<void> => {}
  const options = { services, output, signal: new AbortController().signal }
  return { result: await exportImages(context, aProjectRequest(), options), saved }
}

test('exportImages() saves the images of all services, and names the folders that are left out', async () => {
  const { result, saved } = await exportOf(COMPOSE)
  expect(saved.toSorted()).toEqual(['a', 'b', 'c'])
  expect(result).toMatchObject({ kind: 'exported', folders: ['rootfs:/'] })
})

test('exportImages() saves the images of services and of what they depend on', async () => {
  expect((await exportOf(COMPOSE, ['web'])).saved.toSorted()).toEqual(['a', 'b'])
})

test('exportImages() saves nothing of a file with a mistake', async () => {
  const { result, saved } = await exportOf('name: shop\nservices: {web: {image: a, imag: b}}\n')
  expect(result).toMatchObject({ kind: 'invalid' })
  expect(saved).toEqual([])
})
