import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digestOf } from '../support/hand-made-layout.ts'
import { noise, type ServedImages, serveImages } from '../support/registry/served-image.ts'
import { type TestEntry, tarArchive } from '../support/tar-archive.ts'
import { TestProject } from '../support/test-project.ts'

const KILLS = 100
/** Kills of pulls on one store, one after the other, before a pull must succeed on it. */
const KILLS_OF_A_STORE = 5
const SEED = 4711

/** Moments of a pull as parts of its duration, up to shortly after its end. */
function moments(count: number, seed: number): readonly number[] {
  return fc
    .sample(fc.noBias(fc.integer({ min: 0, max: 1100 })), { seed, numRuns: count })
    .map(part => part / 1000)
}

/** Two layers that are unpacked while they are downloaded, and small ones that are not. */
async function pushImage(served: ServedImages): Promise<string> {
  const small = Array.from(
    { length: 50 },
    (_, index): TestEntry => ({ name: `d/f${index}`, content: `${index}` }),
  )
  const layers = [
    [{ name: 'large', content: noise(6_000_000, 1) }, ...small],
    [{ name: 'small', content: noise(100_000, 2) }],
    [{ name: 'other', content: noise(5_000_000, 3) }, { name: '.wh.large' }],
  ]
  await served.push('1', { layers: await Promise.all(layers.map(tarArchive)) })
  return `name: killed\nservices:\n  web:\n    image: ${served.host}/t/img:1\n`
}

/** Names and sizes of everything in the store of images and layers, without names that contain a process or a time. */
function contentOf(data: string): readonly string[] {
  const below = (path: string): readonly string[] =>
    readdirSync(join(data, path)).flatMap(name => {
      const inner = `${path}/${name}`
      const stats = lstatSync(join(data, inner))
      if (stats.isDirectory()) return [inner, ...below(inner)]
      return [`${inner} ${stats.isFile() && !name.endsWith('.json') ? stats.size : ''}`]
    })
  return ['images', 'layers'].flatMap(below).toSorted()
}

function wrongBlobs(data: string): readonly string[] {
  const folder = join(data, 'images/blobs/sha256')
  if (!existsSync(folder)) return []
  return readdirSync(folder).filter(name => digestOf(readFileSync(join(folder, name))) !== `sha256:${name}`)
}

/** Returns whether the process lived until then. */
async function killAfter(child: ChildProcess, ms: number): Promise<boolean> {
  const ended = once(child, 'exit')
  const timer = setTimeout(() => child.kill('SIGKILL'), ms)
  await ended
  clearTimeout(timer)
  return child.signalCode === 'SIGKILL'
}

async function timeOfPull(project: TestProject): Promise<number> {
  const started = performance.now()
  await project.succeed('pull', '-q')
  return performance.now() - started
}

test(`a pull killed at ${KILLS} random moments leaves no wrong blob, and the next leaves no debris`, {
  timeout: 300_000,
}, async ({ skip }) => {
  await using served = await serveImages()
  if (served.kind === 'missing') return skip(served.reason)
  await using project = new TestProject({ compose: await pushImage(served) })
  const data = join(project.state, 'data')
  const tookMs = await timeOfPull(project)
  const wanted = contentOf(data)
  expect(wanted.join()).toContain('/large 6000000')
  let hits = 0
  for (const [index, moment] of moments(KILLS, SEED).entries()) {
    if (index % KILLS_OF_A_STORE === 0) rmSync(data, { recursive: true, force: true })
    const isKilled = await killAfter(project.spawn(['pull', '-q']), moment * tookMs)
    if (isKilled && existsSync(join(data, 'images/partial'))) hits += 1
    expect(wrongBlobs(data)).toEqual([])
    if (index % KILLS_OF_A_STORE < KILLS_OF_A_STORE - 1) continue
    await project.succeed('pull', '-q')
    expect(contentOf(data)).toEqual(wanted)
  }
  expect(hits).toBeGreaterThan(KILLS / 10)
})

test('pull succeeds while another process pulls the same image and is killed', {
  timeout: 120_000,
}, async ({ skip }) => {
  await using served = await serveImages()
  if (served.kind === 'missing') return skip(served.reason)
  await using project = new TestProject({ compose: await pushImage(served) })
  const data = join(project.state, 'data')
  const tookMs = await timeOfPull(project)
  const wanted = contentOf(data)
  for (const moment of moments(10, SEED + 1)) {
    rmSync(data, { recursive: true, force: true })
    const killed = killAfter(project.spawn(['pull', '-q']), moment * tookMs)
    await Promise.all([killed, project.succeed('pull', '-q')])
    expect(wrongBlobs(data)).toEqual([])
    // The next pull removes what the killed one was writing when the other ended.
    await project.succeed('pull', '-q')
    expect(contentOf(data)).toEqual(wanted)
  }
})
