import { openSiege } from './open-siege.ts'
import { caseOf } from './random.ts'
import type { Scenario } from './scenario.ts'
import type { SiegeProject } from './siege-project.ts'
import { SmallDisk } from './small-disk.ts'

/** Errors that a command may report on a full disk. */
const DISK_REFUSES: readonly string[] = ['TC2006']

/** A root folder of the engine that fills up while a command runs. */
interface FullDisk {
  readonly root: 'data' | 'run'
  readonly command: 'up' | 'stop' | 'restart' | 'down'
  /** Blocks that are free when the command starts. */
  readonly blocks: number
}

/** The disk of a root folder fills up at each block that a command writes. */
export const fullDisk: Scenario = {
  name: 'full-disk',
  promise:
    'a disk that is full after any block stops no later up and down, and commands that it stops report it',
  shortRounds: 4,
  open: () =>
    openSiege(async (project, stack) => {
      const disks = {
        data: stack.use(new SmallDisk(project.roots.data)),
        run: stack.use(new SmallDisk(project.roots.run)),
      }
      project.acceptHost()
      stack.defer(async () => {
        for (const disk of Object.values(disks)) disk.drain()
        await project.down()
      })
      const cases = await casesOf(project, disks)
      return { rounds: cases.length, play: ({ seed }) => playCase(project, disks, caseOf(cases, seed)) }
    }),
}

type Disks = Readonly<Record<FullDisk['root'], SmallDisk>>

/** From no free block to as many as `up` needs; other commands write less. */
async function casesOf(project: SiegeProject, disks: Disks): Promise<readonly FullDisk[]> {
  const before = { data: disks.data.usedBlocks(), run: disks.run.usedBlocks() }
  await project.run(['up', '-d'])
  const grown = { data: disks.data.usedBlocks() - before.data, run: disks.run.usedBlocks() - before.run }
  await project.downWholly()
  return (['data', 'run'] as const).flatMap(root => [
    ...upTo(grown[root] + 2).map((blocks): FullDisk => ({ root, command: 'up', blocks })),
    ...(['stop', 'restart', 'down'] as const).flatMap(command =>
      upTo(3).map((blocks): FullDisk => ({ root, command, blocks })),
    ),
  ])
}

function upTo(last: number): readonly number[] {
  return Array.from({ length: last + 1 }, (_, number) => number)
}

async function playCase(
  project: SiegeProject,
  disks: Disks,
  { root, command, blocks }: FullDisk,
): Promise<string> {
  if (command !== 'up') await project.run(['up', '-d'])
  disks[root].fill(blocks)
  try {
    const { exitCode } = await project.run(WORDS[command], { errors: DISK_REFUSES })
    disks[root].drain()
    await project.upWholly()
    await project.downWholly()
    return `${command} ${exitCode === 0 ? 'worked' : 'refused'} on full ${root}`
  } catch (error) {
    const place = `${command} with ${blocks} blocks free in ${root}`
    throw new Error(`${place}: ${error instanceof Error ? error.message : error}`)
  }
}

const WORDS: Readonly<Record<FullDisk['command'], readonly string[]>> = {
  up: ['up', '-d'],
  stop: ['stop'],
  restart: ['restart'],
  down: ['down', '-v'],
}
