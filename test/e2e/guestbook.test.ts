import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/free-port.ts'
import { imageLayout } from '../support/parts/image-layout.ts'
import type { ImageName } from '../support/parts/image-rootfs.ts'
import { TestProject } from '../support/test-project.ts'

const IMAGES: readonly ImageName[] = ['nginx', 'node', 'redis', 'postgres']

let images: string
let missing: string | undefined
let project: TestProject
let base: string

beforeAll(async () => {
  images = mkdtempSync(join(tmpdir(), 'tc-images-'))
  for (const name of IMAGES) missing ??= await linkImage(name)
  const port = await freePort()
  base = `http://127.0.0.1:${port}`
  project = new TestProject({
    folder: resolve(import.meta.dirname, '../../examples/guestbook'),
    env: { IMAGES: images, GUESTBOOK_PORT: String(port) },
  })
  if (missing === undefined) await bringUp()
})

afterAll(async () => {
  await project[Symbol.asyncDispose]()
  rmSync(images, { recursive: true })
})

/** Returns why the image cannot be built; undefined if it can. */
async function linkImage(name: ImageName): Promise<string | undefined> {
  const image = await imageLayout(name)
  if (image.kind === 'missing') return image.reason
  symlinkSync(image.dir, join(images, name))
  return undefined
}

/** nginx has no health check, so it may start to listen after `up` has ended. */
async function bringUp(): Promise<void> {
  await project.succeed('up', '-d')
  await eventually(() => fetch(base))
}

async function api(path: string, body?: string): Promise<string> {
  const answer = await fetch(`${base}/api/${path}`, body === undefined ? {} : { method: 'POST', body })
  return (await answer.text()).trim()
}

test('nginx serves a bind-mounted page through a published port', async context => {
  context.skip(missing !== undefined, missing)
  expect(await (await fetch(base)).text()).toContain('<h1>Guestbook</h1>')
})

test('the app behind nginx counts in redis and writes to postgres', async context => {
  context.skip(missing !== undefined, missing)
  expect(await api('visits')).toBe('visit 1')
  expect(await api('visits')).toBe('visit 2')
  await api('entries', 'first')
  await api('entries', 'second')
  expect(await api('entries')).toBe('first\nsecond')
})

test('a killed redis is restarted under restart: always', async context => {
  context.skip(missing !== undefined, missing)
  await project.killMain('cache')
  await eventually(async () => expect(await api('visits')).toBe('visit 1'))
})

test('entries outlive down and up', async context => {
  context.skip(missing !== undefined, missing)
  await project.succeed('down')
  await bringUp()
  expect(await api('entries')).toBe('first\nsecond')
})

test('redis runs as the user of its image, with an anonymous volume that has its owner', async context => {
  context.skip(missing !== undefined, missing)
  expect(await project.succeed('exec', '-T', 'cache', 'sh', '-c', 'id -un; stat -c %U /data')).toBe(
    'redis\nredis\n',
  )
})
