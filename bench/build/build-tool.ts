import type { BuildProject } from './build-project.ts'

/** A program that builds the images of Compose projects. It keeps what it built until it is disposed of. */
export interface BuildTool {
  readonly name: string
  /** Lays the files of a project where the program reads them. */
  readonly layOut: (project: BuildProject) => Promise<void>
  /** Writes one file of a project. */
  readonly write: (
    project: BuildProject,
    file: { readonly path: string; readonly text: string },
  ) => Promise<void>
  /** Runs `compose build` and returns its milliseconds. Rejects if it fails. */
  readonly build: (project: BuildProject) => Promise<number>
  /** Resident memory in bytes of all processes of the tool, without those of build steps. */
  readonly residentBytes: () => number
  /** Removes images and files. A daemon's build cache stays: it may hold what others built. */
  readonly dispose: () => Promise<void>
}

/** A tool that can be measured here, or why it cannot. */
export type FoundBuildTool =
  | { readonly kind: 'found'; readonly tool: BuildTool; readonly remark?: string }
  | { readonly kind: 'absent'; readonly name: string; readonly reason: string }
