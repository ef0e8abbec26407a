import type { Terminal } from '../../app/index.ts'
import { displayWidth, firstColumns } from '../../base/display-width.ts'
import type { CliPorts, TextOutput } from '../cli-ports.ts'
import { isForeground } from '../is-foreground.ts'

/** A key, and what it does. */
export interface Shortcut {
  readonly key: string
  /** What it would do now. */
  readonly text: () => string
  readonly press: () => void
}

/** What stands before the shortcuts, in at most so many columns. */
export type Heading = (columns: number) => string

const GAP = '   '

const CLEAR_LINE = '\r\x1b[K'
const CTRL_C = '\x03'

/**
 * A line of shortcuts below what is written. While it is shown and standard input is a terminal, keys come one by one: Ctrl-C is a
 * signal to this process, as it is without it.
 */
export class Menu implements Disposable {
  /** Those of the command, with outputs that leave the line at the bottom. */
  readonly ports: CliPorts
  readonly #given: CliPorts
  #input: Terminal['input'] | undefined
  #shortcuts: readonly Shortcut[] = []
  #heading: Heading | undefined
  #isShown = false
  #answer: ((key: string) => void) | undefined

  constructor(given: CliPorts) {
    this.#given = given
    this.ports = withOutputs(given, {
      stdout: this.#above(given.stdout),
      stderr: given.stderr.isTerminal ? this.#above(given.stderr) : given.stderr,
    })
  }

  /** Without a terminal to type at, only the heading is shown. */
  show(shortcuts: readonly Shortcut[], heading?: Heading): void {
    this.#shortcuts = shortcuts
    this.#heading = heading
    this.#isShown = true
    if (this.#given.isInputTerminal && isForeground()) this.#listen()
    this.redraw()
  }

  /** Shows the line as it is now. */
  redraw(): void {
    if (!this.#isShown || this.#answer !== undefined) return
    this.#given.stdout.write(`${CLEAR_LINE}${this.#text()}`)
  }

  /** From here on everything is written as without a menu. */
  hide(): void {
    if (!this.#isShown) return
    this.#isShown = false
    this.#input?.off('data', this.#onData)
    this.#input?.setRawMode?.(false)
    this.#input?.pause()
    this.#input?.unref?.()
    this.#input = undefined
    this.#given.stdout.write(CLEAR_LINE)
  }

  #listen(): void {
    this.#input = this.#given.openTerminal().input
    this.#input.setRawMode?.(true)
    this.#input.on('data', this.#onData)
  }

  /** Asks a question that a key answers. */
  async ask(question: string): Promise<boolean> {
    this.#given.stdout.write(`${CLEAR_LINE}${question}`)
    const key = await new Promise<string>(resolve => {
      this.#answer = resolve
    })
    this.#given.stdout.write('\n')
    this.redraw()
    return /^y$/i.test(key)
  }

  [Symbol.dispose](): void {
    this.hide()
  }

  readonly #onData = (chunk: Buffer | string): void => {
    for (const key of String(chunk)) this.#press(key)
  }

  #press(key: string): void {
    const answer = this.#answer
    if (key === CTRL_C) process.kill(process.pid, 'SIGINT')
    else if (answer === undefined) this.#shortcuts.find(shortcut => shortcut.key === key)?.press()
    this.#answer = undefined
    answer?.(key)
    this.redraw()
  }

  /** A line that is wider than the terminal could not be taken back. */
  #text(): string {
    const shortcuts = this.#input === undefined ? [] : this.#shortcuts
    const keys = shortcuts.map(({ key, text }) => `${key} ${text()}`).join(GAP)
    const columns = this.#given.stdout.columns - 1
    const room = columns - (keys === '' ? 0 : displayWidth(keys) + GAP.length)
    const parts = [
      ...(this.#heading === undefined ? [] : [this.#heading(room)]),
      ...(keys === '' ? [] : [keys]),
    ]
    return firstColumns(parts.join(GAP), columns)
  }

  #above(output: TextOutput): TextOutput {
    return Object.create(output, {
      write: {
        value: (text: string) => {
          if (!this.#isShown || this.#answer !== undefined) return output.write(text)
          output.write(CLEAR_LINE + text)
          if (text.endsWith('\n')) this.redraw()
        },
      },
    })
  }
}

/** The other ports may be made when they are first asked for. */
function withOutputs(ports: CliPorts, outputs: Pick<CliPorts, 'stdout' | 'stderr'>): CliPorts {
  return Object.create(ports, {
    stdout: { value: outputs.stdout },
    stderr: { value: outputs.stderr },
  })
}
