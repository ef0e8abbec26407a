import type { Diagnostic } from '../base/diagnostic.ts'
import type { SourceSpan } from '../base/source-span.ts'

/**
 * A Dockerfile as it is written: instructions with their places, nothing expanded. The format is that of
 * https://docs.docker.com/reference/dockerfile/ as BuildKit reads it.
 */
export interface Dockerfile {
  readonly escape: EscapeCharacter
  /** The value of a `# syntax=` directive. */
  readonly syntax: Word | undefined
  readonly check: CheckDirective | undefined
  /** Every ARG before the first FROM. */
  readonly globalArgs: readonly ArgInstruction[]
  readonly stages: readonly Stage[]
  /** How every instruction is written, in order: for the checks of `build --check` alone. */
  readonly layout: readonly InstructionLayout[]
}

/** How an instruction is written. */
export interface InstructionLayout {
  readonly instruction: FromInstruction | Instruction
  /** In the case that the file has. */
  readonly keyword: Word
  /** The `AS` of FROM, in the case that the file has. */
  readonly as: Word | undefined
  /** The comments right above it, without `#`; an empty line or comment separates. */
  readonly comments: readonly string[]
  /** Empty lines between its lines. */
  readonly emptyLines: readonly SourceSpan[]
}

export type EscapeCharacter = '\\' | '`'

/** The value of a `# check=` directive. */
export interface CheckDirective {
  /** Names of the checks to leave out. */
  readonly skip: readonly string[] | 'all'
  /** Names of the experimental checks to make. */
  readonly experimental: readonly string[] | 'all'
  /** Whether a warning fails the build. */
  readonly failsOnWarning: boolean
}

/**
 * A piece of an instruction as the file has it, with its quotes and escapes; variables are not expanded. Of a value of
 * a flag the quotes and backslashes are resolved already, of a string of a JSON array its escapes: expansion comes on top.
 */
export interface Word {
  readonly text: string
  readonly span: SourceSpan
}

export interface Stage {
  readonly from: FromInstruction
  /** Those after FROM, in order. */
  readonly instructions: readonly Instruction[]
  /** Errors that matter only if the stage is built: BuildKit looks for them when it comes to the instruction. */
  readonly problems: readonly Diagnostic[]
}

export interface InstructionSource {
  /** From its keyword to the end of its last line, here-documents included. */
  readonly span: SourceSpan
  /** The instruction in one line: continuations are joined, comments are gone, here-documents are not in it. */
  readonly text: string
}

export interface FromInstruction extends InstructionSource {
  readonly kind: 'from'
  readonly image: Word
  readonly platform: Word | undefined
  /** As written; names are compared without regard to case. */
  readonly name: Word | undefined
}

/** All but FROM. */
export type Instruction =
  | ArgInstruction
  | CopyInstruction
  | EnvInstruction
  | ExposeInstruction
  | HealthcheckInstruction
  | LabelInstruction
  | MaintainerInstruction
  | OnbuildInstruction
  | ProcessInstruction
  | RunInstruction
  | ShellInstruction
  | StopsignalInstruction
  | UserInstruction
  | VolumeInstruction
  | WorkdirInstruction

export interface ArgInstruction extends InstructionSource {
  readonly kind: 'arg'
  readonly args: readonly {
    /** With its quotes and variables. */
    readonly name: string
    readonly value: Word | undefined
    readonly span: SourceSpan
  }[]
}

/** COPY and ADD. */
export interface CopyInstruction extends InstructionSource {
  readonly kind: 'copy' | 'add'
  readonly sources: readonly Word[]
  readonly destination: Word
  /** Sources that are here-documents: the index in `sources` of each. */
  readonly heredocs: ReadonlyMap<number, Heredoc>
  readonly from: Word | undefined
  readonly chown: Word | undefined
  readonly chmod: Word | undefined
  readonly link: boolean
  readonly parents: boolean
  readonly excludes: readonly Word[]
  /** Of ADD alone. */
  readonly checksum: Word | undefined
  readonly keepGitDir: boolean | undefined
  /** Of ADD alone: whether archives are unpacked. @default local ones are, remote ones are not */
  readonly unpack: boolean | undefined
}

/** A here-document. */
export interface Heredoc {
  /** The word that ends it. */
  readonly name: string
  /** With the line end of its last line; tabs that `<<-` removes are gone. */
  readonly content: string
  /** As the file has it, with the tabs. A shell gets this, then the name in a line of its own. */
  readonly source: string
  /** False where the word was quoted. */
  readonly isExpanded: boolean
  /** Whether it began with `<<-`. */
  readonly stripsTabs: boolean
  readonly span: SourceSpan
}

export interface EnvInstruction extends InstructionSource {
  readonly kind: 'env'
  readonly entries: readonly WordPair[]
}

export interface LabelInstruction extends InstructionSource {
  readonly kind: 'label'
  readonly entries: readonly WordPair[]
}

export interface WordPair {
  readonly name: Word
  readonly value: Word
  /** `ENV name value`, without `=`. */
  readonly isOldForm: boolean
}

export interface ExposeInstruction extends InstructionSource {
  readonly kind: 'expose'
  readonly ports: readonly Word[]
}

export interface HealthcheckInstruction extends InstructionSource {
  readonly kind: 'healthcheck'
  /** `none` for HEALTHCHECK NONE. */
  readonly command: CommandText | 'none'
  /** Durations as written. */
  readonly interval: Word | undefined
  readonly timeout: Word | undefined
  readonly startPeriod: Word | undefined
  readonly startInterval: Word | undefined
  readonly retries: Word | undefined
}

export interface MaintainerInstruction extends InstructionSource {
  readonly kind: 'maintainer'
  readonly name: Word
}

export interface OnbuildInstruction extends InstructionSource {
  readonly kind: 'onbuild'
  /** The instruction as an image's configuration keeps it. */
  readonly trigger: string
}

/** CMD and ENTRYPOINT. */
export interface ProcessInstruction extends InstructionSource {
  readonly kind: 'cmd' | 'entrypoint'
  readonly command: CommandText
}

export type CommandText =
  | { readonly form: 'exec'; readonly argv: readonly string[] }
  | { readonly form: 'shell'; readonly command: string }

export interface RunInstruction extends InstructionSource {
  readonly kind: 'run'
  readonly command: CommandText
  readonly heredocs: readonly Heredoc[]
  /** The command is one here-document and nothing else, so its content is the script to run. */
  readonly isScript: boolean
  readonly mounts: readonly RunMountFlag[]
  readonly network: Word | undefined
  readonly security: Word | undefined
}

/** One `--mount=`; its keys are known ones and its values are not expanded. */
export interface RunMountFlag {
  /** @default bind */
  readonly type: 'bind' | 'cache' | 'tmpfs' | 'secret' | 'ssh'
  /** By the key's full name: `target`, `source`, `from`, `id`, `readonly`, `sharing`, `mode` ...; a bare key has the value `true`. */
  readonly options: ReadonlyMap<string, Word>
  readonly span: SourceSpan
}

export interface ShellInstruction extends InstructionSource {
  readonly kind: 'shell'
  readonly argv: readonly string[]
}

export interface StopsignalInstruction extends InstructionSource {
  readonly kind: 'stopsignal'
  readonly signal: Word
}

export interface UserInstruction extends InstructionSource {
  readonly kind: 'user'
  readonly user: Word
}

export interface VolumeInstruction extends InstructionSource {
  readonly kind: 'volume'
  readonly paths: readonly Word[]
}

export interface WorkdirInstruction extends InstructionSource {
  readonly kind: 'workdir'
  readonly path: Word
}
