import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { App, RunHooks } from '../../../../src/app/app.ts'
import { createLocalApp } from '../../../../src/app/local-app.ts'
import { writeVolatileRecord } from '../../../../src/disk/record-file.ts'
import { findDamaged } from '../../../../src/engine/local/doctor/find-damaged.ts'
import { containerLayout, projectLayout, type Roots } from '../../../../src/engine/local/state/layout.ts'
import { RecordStore } from '../../../../src/engine/local/state/record-store.ts'
import { createVolume } from '../../../../src/engine/local/volume/create-volume.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import { containerIdOf } from '../../../support/apply-plan.ts'
import { archiveOf, load, recordContainer } from '../../../support/image-store.ts'
import { tarArchive } from '../../../support/tar-archive.ts'

const NAME = 'example.test/one:1'
const id = containerIdOf(1)
const hooks: RunHooks = {
  command: 'test',
  signal: new AbortController().signal,
  onPlan: () => {},
  onEvent: () => {},
  onWait: () => {},
}

let top: string
let whole: string
/** The records of one project and of the store, by what they are, relative to the root of both folders. */
let records: ReadonlyMap<string, string>

beforeAll(async () => {
  top = mkdtempSync(join(tmpdir(), 'tc-damaged-'))
  whole = join(top, 'whole')
  const roots = { data: join(whole, 'data'), run: join(whole, 'run') }
  const layer = await tarArchive([{ name: 'a', content: 'a' }])
  const [image] = await load(roots, archiveOf(top, [{ layers: [layer], tag: NAME }]))
  for (const project of ['own', 'other']) {
    await recordContainer(roots, { project, name: `${project}-web-1`, image: NAME, imageId: image?.id })
    const name = parseProjectName(project)
    const store = new RecordStore(name, projectLayout(roots, name))
    store.setVolume('data', {
      phase: 'created',
      key: 'data',
      name: `${project}_data`,
      configHash: '',
      external: false,
    })
    await store.save()
    createVolume(roots, { name: `${project}_data`, labels: new Map(), createdAt: 1 })
    writeLiveFiles(roots, project)
  }
  const layout = containerLayout(roots, parseProjectName('own'), id)
  const only = (folder: string) => join(folder, readdirSync(join(whole, folder))[0] ?? '')
  records = new Map([
    ['project', 'data/projects/own/project.json'],
    ['volume', 'data/volumes/own_data/volume.json'],
    ['image', only('data/images/records')],
    ['reference', only('data/images/references')],
    ['index', 'data/images/index.json'],
    ['live', relative(whole, layout.live)],
    ['health', relative(whole, layout.health)],
    ['restarts', relative(whole, layout.restarts)],
  ])
})
afterAll(() => rmSync(top, { recursive: true, force: true }))

function writeLiveFiles(roots: Roots, project: string): void {
  const layout = containerLayout(roots, parseProjectName(project), id)
  mkdirSync(layout.runDir, { recursive: true })
  const common = {
    project,
    service: 'web',
    number: 1,
    netns: undefined,
    endpoints: [],
    ports: [],
    cgroups: [],
  }
  const live = { ...common, id, name: `${project}-web-1`, dns: undefined, health: undefined }
  writeVolatileRecord(layout.live, { version: 1, ...live, restart: { kind: 'no' } })
  writeVolatileRecord(layout.health, {
    version: 1,
    status: 'healthy',
    failingStreak: 0,
    log: [],
    runStartedAt: 1,
  })
  writeVolatileRecord(layout.restarts, { version: 1, count: 2, nextAt: undefined, delayMs: 100 })
}

/** Copies the state, has `damage` done to one file of it, and runs `use` on the copy. */
async function withDamage(
  path: string,
  damage: (path: string) => void,
  use: (app: App, roots: Roots) => Promise<void>,
): Promise<void> {
  const copy = mkdtempSync(join(top, 'copy-'))
  cpSync(whole, copy, { recursive: true, preserveTimestamps: true })
  damage(join(copy, path))
  const roots = { data: join(copy, 'data'), run: join(copy, 'run') }
  const environment = new Map([
    ['TCOMPOSE_DATA', roots.data],
    ['TCOMPOSE_RUN', roots.run],
  ])
  const programsFolder = join(import.meta.dirname, '../../../../dist')
  const app = createLocalApp({ environment, workingDirectory: copy, programsFolder, build: undefined })
  await use(app, roots)
  rmSync(copy, { recursive: true })
}

const request = (projectName: string) => ({
  files: [],
  projectDirectory: undefined,
  projectName,
  profiles: [],
  envFiles: [],
  allowUnsupported: false,
})
const downOptions = { services: [], removeOrphans: true, volumes: true, timeout: undefined }

/** Whatever is damaged, the other project is as ever, and the own one can be listed, examined and taken down. */
async function expectUsable(app: App, roots: Roots, kind: string): Promise<void> {
  const isProject = kind === 'project'
  const [other, own] = await app.projects()
  expect([other?.name, other?.containers.length, own?.name]).toEqual(['other', 1, 'own'])
  expect(own?.unreadable?.code).toBe(isProject ? 'state-corrupt' : undefined)
  await expect(app.containers(request('other'))).resolves.toMatchObject({ kind: 'found' })
  const containers = app.containers(request('own'))
  if (isProject)
    await expect(containers).rejects.toMatchObject({ code: 'state-corrupt', hint: /doctor --fix/ })
  else await expect(containers).resolves.toMatchObject({ kind: 'found' })
  for (const project of ['other', 'own']) {
    await expect(app.down(request(project), downOptions, hooks)).resolves.toMatchObject({ kind: 'ran' })
    expect(existsSync(projectLayout(roots, parseProjectName(project)).record)).toBe(false)
    expect(existsSync(projectLayout(roots, parseProjectName(project)).runDir)).toBe(false)
  }
  // Whose a volume is that only a damaged record spoke of, nobody knows.
  expect(existsSync(join(roots.data, 'volumes/own_data'))).toBe(isProject)
  expect(existsSync(join(roots.data, 'volumes/other_data'))).toBe(false)
}

async function expectMendable(app: App, roots: Roots, path: string): Promise<void> {
  expect(findDamaged(roots).map(found => found.path)).toEqual([path])
  const looked = await app.doctor({ fix: false })
  expect(looked.damaged).toMatchObject([{ path, aside: undefined }])
  const { damaged } = await app.doctor({ fix: true })
  expect(damaged).toMatchObject([{ path, aside: `${path}.damaged` }])
  expect(lstatSync(`${path}.damaged`, { throwIfNoEntry: false })).toBeDefined()
  expect(findDamaged(roots)).toEqual([])
  await app.projects()
  await app.containers(request('own'))
}

/** A cut, or a flipped bit, at each tenth of a file's length. */
const DAMAGES = Array.from({ length: 10 }, (_, tenth) => [
  {
    what: `cut at ${tenth} tenths`,
    damage: (path: string) => {
      const bytes = readFileSync(path)
      writeFileSync(path, bytes.subarray(0, Math.floor((bytes.length * tenth) / 10)))
    },
  },
  {
    what: `flipped at ${tenth} tenths`,
    damage: (path: string) => {
      const bytes = readFileSync(path)
      const at = Math.floor((bytes.length * tenth) / 10)
      bytes[at] = (bytes[at] ?? 0) ^ 4
      writeFileSync(path, bytes)
    },
  },
]).flat()

const OTHER_KINDS = [
  { what: 'a folder', damage: (path: string) => replaceBy(path, () => mkdirSync(path)) },
  { what: 'a link', damage: (path: string) => replaceBy(path, () => symlinkSync('/nowhere', path)) },
  { what: 'a FIFO', damage: (path: string) => replaceBy(path, () => execFileSync('mkfifo', [path])) },
  {
    what: 'a device',
    damage: (path: string) => replaceBy(path, () => execFileSync('mknod', [path, 'c', '1', '5'])),
  },
]

function replaceBy(path: string, make: () => void): void {
  rmSync(path)
  make()
}

/** An index has no checksum, since other tools read it: what was flipped in a name or a digest reads as another one. */
function damagesOf(kind: string): typeof DAMAGES {
  const all = [...DAMAGES, ...OTHER_KINDS]
  return kind === 'index' ? all.filter(({ what }) => !what.startsWith('flipped')) : all
}

for (const kind of ['project', 'volume', 'image', 'reference', 'index', 'live', 'health', 'restarts']) {
  test(`a damaged record of kind ${kind} stops no other project and no down`, {
    timeout: 120_000,
  }, async () => {
    const path = records.get(kind) ?? ''
    for (const { what, damage } of damagesOf(kind)) {
      await withDamage(path, damage, (app, roots) => expectUsable(app, roots, kind)).catch(error => {
        throw new Error(`${kind}, ${what}`, { cause: error })
      })
    }
  })

  test(`doctor --fix puts a damaged record of kind ${kind} aside`, { timeout: 120_000 }, async () => {
    const path = records.get(kind) ?? ''
    for (const { what, damage } of damagesOf(kind)) {
      await withDamage(path, damage, (app, roots) =>
        expectMendable(app, roots, join(roots.data, '..', path)),
      ).catch(error => {
        throw new Error(`${kind}, ${what}`, { cause: error })
      })
    }
  })
}
