import type { Diagnostic } from '../../../base/diagnostic.ts'
import type { SourceSpan } from '../../../base/source-span.ts'
import type { Dockerfile, FromInstruction } from '../../../model/dockerfile.ts'

/** A rule of `build --check`, after BuildKit's of the same name: https://docs.docker.com/reference/build-checks/ */
export interface Check {
  readonly name: string
  /** Whether a file has to ask for it by `# check=experimental=NAME`. */
  readonly isExperimental?: boolean
  readonly find: (dockerfile: Dockerfile, knowledge: CheckKnowledge) => readonly Finding[]
}

/** What checks can use besides the file. */
export interface CheckKnowledge {
  /** Tells whether `.dockerignore` leaves out a path of the context. @default nothing is known */
  readonly isIgnored?: (path: string) => boolean
  /** Returns the names of the variables that an image sets. @default nothing is known of any image */
  readonly variablesOf?: (from: FromInstruction) => Iterable<string> | undefined
}

/** A place that a check is not content with. */
export interface Finding {
  readonly message: string
  readonly span: SourceSpan
  readonly hint?: string | undefined
  readonly related?: Diagnostic['related']
}
