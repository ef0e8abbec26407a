import { globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isPutAside } from '../../src/disk/put-aside.ts'
import { openSiege } from './open-siege.ts'
import { caseOf } from './random.ts'
import type { Round, Scenario } from './scenario.ts'
import type { SiegeProject } from './siege-project.ts'

/** Errors that a command may report about a record that it cannot read. */
const STATE_CORRUPT: readonly string[] = ['TC7001', 'TC7002']

/** One record, damaged in one place. */
interface Damage {
  /** Path relative to the root folders, with `*` for what differs each time. */
  readonly record: string
  readonly kind: 'cut' | 'flipped'
  /** Where, in tenths of its length. */
  readonly tenth: number
}

/** Each record of a running project is cut and flipped at each tenth of its length. */
export const damagedRecords: Scenario = {
  name: 'damaged-records',
  promise:
    'with any record cut or flipped, doctor --fix, up and down bring the project back and take it down',
  shortRounds: 2,
  open: () =>
    openSiege(async project => {
      const cases = await casesOf(project)
      return { rounds: cases.length, play: round => playCase(project, round, caseOf(cases, round.seed)) }
    }),
}

async function casesOf(project: SiegeProject): Promise<readonly Damage[]> {
  await upWithHealth(project)
  const records = new Set(recordsOf(project).map(({ pattern }) => pattern))
  await project.downWholly()
  return [...records]
    .toSorted()
    .flatMap(record =>
      (['cut', 'flipped'] as const).flatMap(kind =>
        Array.from({ length: 10 }, (_, tenth): Damage => ({ record, kind, tenth })),
      ),
    )
}

async function playCase(project: SiegeProject, { random }: Round, damage: Damage): Promise<string> {
  const remedy = random.pick(REMEDIES)
  try {
    await upWithHealth(project)
    harm(project, damage)
    await project.run(['ps', '-a'], { errors: STATE_CORRUPT })
    const { exitCode } = await project.run(['up', '-d'], { errors: STATE_CORRUPT })
    await project.run(remedy)
    const aside = removePutAside(project)
    await project.upWholly()
    await project.downWholly()
    return `${damage.kind}: ${exitCode === 0 ? 'up worked' : 'up refused'}${aside > 0 ? ', put aside' : ''}`
  } catch (error) {
    const place = `${damage.record} ${damage.kind} at ${damage.tenth} tenths, then ${remedy.join(' ')}`
    throw new Error(`${place}: ${error instanceof Error ? error.message : error}`)
  }
}

/** The commands that clear a project whose record cannot be read. */
const REMEDIES = [['doctor', '--fix'], ['down']] as const

/** Health checks have a record only after the first one has run. */
async function upWithHealth(project: SiegeProject): Promise<void> {
  await project.run(['up', '-d', '--wait'])
  await project.upWholly()
}

/** A record that was put aside is for the user to inspect and remove. */
function removePutAside({ roots }: SiegeProject): number {
  const found = Object.values(roots).flatMap(root =>
    globSync('**', { cwd: root })
      .filter(isPutAside)
      .map(path => join(root, path)),
  )
  for (const path of found) rmSync(path)
  return found.length
}

function harm(project: SiegeProject, { record, kind, tenth }: Damage): void {
  const path = recordsOf(project).find(({ pattern }) => pattern === record)?.path
  if (path === undefined) throw new Error('Cannot damage the record: it is not there')
  const content = readFileSync(path)
  const at = Math.floor((content.length * tenth) / 10)
  content[at] = (content[at] ?? 0) ^ 1
  writeFileSync(path, kind === 'cut' ? content.subarray(0, at) : content)
}

interface RecordFile {
  readonly pattern: string
  readonly path: string
}

function recordsOf({ roots }: SiegeProject): readonly RecordFile[] {
  return Object.entries(roots).flatMap(([name, root]) =>
    globSync('**', { cwd: root })
      .filter(path => isRecord(join(root, path)))
      .map(path => ({ pattern: `${name}/${path.replaceAll(/[0-9a-f]{64}/g, '*')}`, path: join(root, path) })),
  )
}

/** Logs belong to the containers, and the files of containers are not read back. */
function isRecord(path: string): boolean {
  const isOther = /\/(upper|work|_data)\/|\/(log|hosts|hostname|resolv\.conf|[a-z]+\.log)$/.test(path)
  return !isOther && statSync(path).isFile() && statSync(path).size > 0
}
