import type { BenchProject } from './project.ts'
import type { Work } from './samples.ts'

/** A program that runs Compose projects. */
export interface Tool {
  readonly name: string
  /** The largest project it has to run. */
  readonly maxSize: number
  /** What it can do. @default everything */
  readonly works?: ReadonlySet<Work>
  /** Runs `compose ARGS` for a project and returns its time in milliseconds. Rejects if the command fails. */
  readonly compose: (project: BenchProject, args: readonly string[]) => Promise<number>
  /** Resident memory in bytes of all processes of the tool, without the containers' own processes. */
  readonly residentBytes: () => number
  /** Removes what the tool created for the measurement. */
  readonly dispose: () => Promise<void>
}

/** A tool that can be measured here, or why it cannot. */
export type FoundTool =
  | { readonly kind: 'found'; readonly tool: Tool; readonly remark?: string }
  | { readonly kind: 'absent'; readonly name: string; readonly reason: string }
