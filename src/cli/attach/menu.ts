import type { Terminal } from '../../app/index.ts'
import type { CliPorts, TextOutput } from '../cli-ports.ts'

/** A key, and what it does. */
export interface Shortcut {
  readonly key: string
  /** What it would do now. */
  readonly text: () => string
  readonly press: () => void
}

const CLEAR_LINE = '\r\x1b[K'
const CTRL_C = '\x03'

/**
 * A line of shortcuts below what is written. While it is shown, keys come one by one: Ctrl-C is a signal to this process, as
 * it is without it.
 */
export class Menu implements Disposable {
  /** Those of the command, with outputs that leave the line at the bottom. */
  readonly ports: CliPorts
  readonly #given: CliPorts
  #input: Terminal['input'] | undefined
  #shortcuts: readonly Shortcut[] = []
  #answer: ((key: string) => void) | undefined

  constructor(given: CliPorts) {
    this.#given = given
    this.ports = withOutputs(given, {
      stdout: this.#above(given.stdout),
      stderr: given.stderr.isTerminal ? this.#above(given.stderr) : given.stderr,
    })
  }

  show(shortcuts: readonly Shortcut[]): void {
    this.#shortcuts = shortcuts
    this.#input = this.#given.openTerminal().input
    this.#input.setRawMode?.(true)
    this.#input.on('data', this.#onData)
    this.#draw()
  }

  /** From here on everything is written as without a menu. */
  hide(): void {
    if (this.#input === undefined) return
    this.#input.off('data', this.#onData)
    this.#input.setRawMode?.(false)
    this.#input.pause()
    this.#input.unref?.()
    this.#input = undefined
    this.#given.stdout.write(CLEAR_LINE)
  }

  /** Asks a question that a key answers. */
  async ask(question: string): Promise<boolean> {
    this.#given.stdout.write(`${CLEAR_LINE}${question}`)
    const key = await new Promise<string>(resolve => {
      this.#answer = resolve
    })
    this.#given.stdout.write('\n')
    this.#draw()
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
    if (this.#input !== undefined) this.#draw()
  }

  #draw(): void {
    if (this.#answer !== undefined) return
    const texts = this.#shortcuts.map(({ key, text }) => `${key} ${text()}`)
    this.#given.stdout.write(`${CLEAR_LINE}${texts.join('   ')}`)
  }

  #above(output: TextOutput): TextOutput {
    return Object.create(output, {
      write: {
        value: (text: string) => {
          if (this.#input === undefined || this.#answer !== undefined) return output.write(text)
          output.write(CLEAR_LINE + text)
          if (text.endsWith('\n')) this.#draw()
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
