import type { Checked, Diagnostic } from '../../../base/diagnostic.ts'
import type { SourceSpan } from '../../../base/source-span.ts'
import type { InlineDockerfile } from '../../../model/build.ts'
import type { Dockerfile, Instruction } from '../../../model/dockerfile.ts'

/** Reads Dockerfiles. The engine does not parse: whoever makes it says how. */
export interface DockerfileReader {
  /** Loads what the other functions need. */
  load(): Promise<LoadedDockerfileReader>
}

export interface LoadedDockerfileReader {
  parse(content: DockerfileContent): Checked<Dockerfile>
  /** Reads an instruction that ONBUILD has kept; its place is `span`. */
  parseTrigger(text: string, span: SourceSpan): Checked<Instruction>
  /** Returns warnings about what can be built, but is likely not what was meant. */
  check(dockerfile: Dockerfile): Promise<readonly Diagnostic[]>
}

/** A Dockerfile to be parsed. */
export interface DockerfileContent {
  readonly text: string
  /** What people call the file. */
  readonly file: string
  /** The file itself; undefined for text of a Compose file. */
  readonly path: string | undefined
  /** Set for text of a Compose file. */
  readonly inline: InlineDockerfile | undefined
}
