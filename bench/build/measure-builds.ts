import type { Contestant } from '../contestants.ts'
import { runTimed } from '../run-timed.ts'
import type { Sample, Work } from '../samples.ts'
import { baseImageArchive } from './base-image-archive.ts'
import {
  type BuildProject,
  COPIED_FILES,
  copyProject,
  NODE_STAGES,
  nodeProject,
  RUN_STEPS,
  runProject,
} from './build-project.ts'
import type { BuildTool } from './build-tool.ts'
import { findDockerBuilder } from './docker-builder.ts'
import { peakBytesDuring } from './peak-bytes-during.ts'
import { tcomposeBuilder } from './tcompose-builder.ts'

/** What to build, and how often. */
export interface BuildMeasurement {
  readonly works: readonly Work[]
  /** Builds of tcompose. */
  readonly builds: readonly Contestant[]
  readonly runs: number
  readonly onProgress: (text: string) => void
}

/** The results, and remarks on the peers. */
export interface MeasuredBuilds {
  readonly samples: readonly Sample[]
  readonly remarks: readonly string[]
}

/**
 * Lets tcompose and docker compose build the same projects in turn. The first build of each project is not counted, so
 * that a changed one finds what every build but the first does.
 */
export async function measureBuilds(measurement: BuildMeasurement): Promise<MeasuredBuilds> {
  using archive = await baseImageArchive()
  const found = await findDockerBuilder(archive.path)
  const tools: BuildTool[] = found.kind === 'found' ? [found.tool] : []
  try {
    for (const build of measurement.builds) tools.push(await tcomposeBuilder(build, archive.path))
    return { samples: await measureTools(tools, measurement), remarks: remarksOn(found) }
  } finally {
    for (const tool of tools) await tool.dispose()
  }
}

function remarksOn(found: Awaited<ReturnType<typeof findDockerBuilder>>): readonly string[] {
  if (found.kind === 'absent') return [`not measured: ${found.name}: ${found.reason}`]
  return found.remark === undefined ? [] : [`${found.tool.name}: ${found.remark}`]
}

async function measureTools(
  tools: readonly BuildTool[],
  { works, runs, onProgress }: BuildMeasurement,
): Promise<readonly Sample[]> {
  const jobs = JOBS.filter(({ work }) => works.includes(work))
  const samples: Sample[] = []
  for (const tool of tools) await warmUp(tool, jobs)
  for (let run = 0; run < runs; run += 1) {
    for (const job of jobs) {
      for (const tool of rotated(tools, run)) {
        onProgress(`${job.work}, run ${run + 1}: ${tool.name}`)
        samples.push(await sampleOf(tool, job))
      }
    }
  }
  return samples
}

/** A row: a project that is built, changed or not. */
interface BuildJob {
  readonly work: Work
  readonly size: number
  readonly projects: readonly BuildProject[]
  readonly isEdited: boolean
}

const [NODE, RUN, COPY] = [nodeProject(), runProject(), copyProject()]

const JOBS: readonly BuildJob[] = [
  { work: 'build-cached', size: NODE_STAGES, projects: [NODE], isEdited: false },
  { work: 'build-edit', size: NODE_STAGES, projects: [NODE], isEdited: true },
  { work: 'build-run', size: RUN_STEPS, projects: [RUN], isEdited: true },
  { work: 'build-copy', size: COPIED_FILES, projects: [COPY], isEdited: false },
  { work: 'build-copy-edit', size: COPIED_FILES, projects: [COPY], isEdited: true },
  { work: 'build-memory', size: COPIED_FILES, projects: [NODE, RUN, COPY], isEdited: true },
]

/** Returns what a row of `work` counts. */
export function buildSizeOf(work: Work): number {
  return JOBS.find(job => job.work === work)?.size ?? 0
}

async function warmUp(tool: BuildTool, jobs: readonly BuildJob[]): Promise<void> {
  for (const project of new Set(jobs.flatMap(({ projects }) => projects))) {
    await tool.layOut(project)
    await tool.build(project)
  }
}

async function sampleOf(tool: BuildTool, { work, size, projects, isEdited }: BuildJob): Promise<Sample> {
  const place = { tool: tool.name, work, size } as const
  try {
    let value = 0
    for (const project of projects) {
      if (isEdited) await tool.write(project, project.edit(unseenMark()))
      // What other tools wrote must be on disk before this one is measured.
      await runTimed({ command: ['sync'] })
      const build = (): Promise<number> => tool.build(project)
      value =
        work === 'build-memory'
          ? Math.max(value, await peakBytesDuring(tool.residentBytes, build))
          : value + (await build())
    }
    return { kind: 'measured', ...place, value }
  } catch (error) {
    return { kind: 'failed', ...place, reason: error instanceof Error ? error.message : String(error) }
  }
}

let marks = 0

/** Unique among all runs on the machine: a daemon's cache lasts longer than this process. */
function unseenMark(): string {
  marks += 1
  return `m${process.pid}-${Date.now()}-${marks}`
}

function rotated<T>(items: readonly T[], by: number): readonly T[] {
  const start = by % Math.max(items.length, 1)
  return [...items.slice(start), ...items.slice(0, start)]
}
