import type { CallUseCase, Interruptibly, Terminal } from '../app/index.ts'
import type { WarmStatus } from '../warm/ask-warm-process.ts'

/** All that the command line needs of the process it runs in. */
export interface CliPorts {
  /** Calls a use case. What it works with is made for the first one, so that `version` and usage errors are quick. */
  readonly call: CallUseCase
  /** Returns the text of a file as diagnostics name it, or undefined if it cannot be had again. */
  readonly readSource: (file: string) => string | undefined
  /** Returns the text of a file of the package, e.g. `docs/errors.md`. */
  readonly readPackageFile: (path: string) => string
  readonly stdout: TextOutput
  readonly stderr: TextOutput
  readonly isInputTerminal: boolean
  /** The descriptors of standard input, output and error. */
  readonly streams: StandardStreams
  /** Asks on standard error and returns the line that was typed; empty at the end of the input. */
  readonly ask: (question: string) => Promise<string>
  /** Asks as `ask` does, and shows nothing of what is typed. */
  readonly askSecret: (question: string) => Promise<string>
  /** Returns the terminal of this process, if its input and output are one. */
  readonly openTerminal: () => Terminal
  /** Returns all of standard input, as text. */
  readonly readInput: () => Promise<string>
  readonly environment: ReadonlyMap<string, string>
  /** The file mode mask of whoever called, for the files that they name. */
  readonly callerUmask: number
  readonly version: string
  /** The path of the program that users call. */
  readonly programPath: string
  /** The command line as the user gave it, without the program. */
  readonly argv: readonly string[]
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Calls `tick` every `intervalMs` until the returned function is called. */
  readonly every: (intervalMs: number, tick: () => void) => () => void
  readonly interrupts: Interrupts
  readonly warm: WarmProcess
}

/** Descriptors of this process. */
export interface StandardStreams {
  readonly stdin: number
  readonly stdout: number
  readonly stderr: number
}

/** The process that runs commands of this user without the start of a new one; see docs/warm.md. */
export interface WarmProcess {
  /** Returns how it is doing; undefined if there is none. */
  describe(): Promise<WarmStatus | undefined>
  /**
   * Starts it unless it is there, and returns when it takes commands.
   *
   * @throws {TcomposeError} `warm-process` if it does not start.
   */
  start(): Promise<WarmStatus>
  /**
   * Starts it, without waiting for it, if none listens and it is wanted: by TCOMPOSE_WARM=1, or at a prompt while any
   * project is there.
   */
  startIfWanted(isAtTerminal: boolean): Promise<void>
  /** Asks it to end, and returns when it has, or when its command goes on; undefined if there is none. */
  end(): Promise<WarmStatus | undefined>
  /** Is it, until it has nothing to do for long, and if `withProjects`, until no project is there. */
  serve(signal: AbortSignal, withProjects: boolean): Promise<void>
}

/** A stream that text is written to. */
export interface TextOutput {
  write(text: string): void
  /** Resolves once the reader has taken what was written. @default everything is taken at once */
  flush?(): Promise<void>
  /** Why nothing more can be written, e.g. EPIPE where the reader has ended. */
  readonly failure?: unknown
  /** Calls `listener` when a write has failed, at once if one has. @default no write fails */
  readonly whenFailed?: (listener: () => void) => void
  readonly isTerminal: boolean
  /** Width in characters. */
  readonly columns: number
  /** Height in lines. */
  readonly rows: number
}

/** Ctrl-C, or SIGTERM: the first asks for a graceful end, the second for a quick one. */
export interface Interrupts {
  readonly first: AbortSignal
  readonly second: AbortSignal
  /** What the process ends with after an interrupt: 143 if the first one was SIGTERM, else 130. */
  readonly exitCode: number
  /** Runs `work`, during which an interrupt ends the process at once. Only for what changes nothing. */
  readonly interruptibly: Interruptibly
  /**
   * Hands SIGINT and SIGTERM, and SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2 of this process, to `deliver` until disposed of. The
   * third SIGINT or SIGTERM is a SIGKILL.
   */
  forward(deliver: (name: NodeJS.Signals) => void): Disposable
  /** From now on an interrupt never ends the process at once: something has been started that must be ended. */
  hold(): void
}
