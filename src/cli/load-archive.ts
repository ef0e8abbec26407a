import type { Command } from 'commander'
import { images } from '../app/images.ts'
import type { LoadedImage } from '../app/index.ts'
import { archiveInput } from './archive-streams.ts'
import type { CommandContext } from './command-context.ts'
import { EXIT } from './exit-codes.ts'
import { humanSize } from './views/human-size.ts'
import { shortImageLabel, shortImageName } from './views/image-name.ts'
import { safeLine } from './views/safe-text.ts'

/** The options of `image load` and `image import`. */
export interface LoadValues {
  readonly input?: string
  readonly quiet?: boolean
}

/** Adds the options that say which archive to load, and how that is shown. */
export function loadOptions(command: Command): Command {
  return command
    .option('-i, --input <file>', 'Archive to read instead of standard input')
    .option('-q, --quiet', 'Show no progress')
}

/** Loads the images of an archive and says which they were. */
export async function printLoaded(context: CommandContext, { input, quiet }: LoadValues): Promise<number> {
  const { ports } = context
  const source = archiveInput(context, input)
  const store = await ports.call(images)
  const line = new ProgressLine(context, quiet ?? false)
  let loaded: readonly LoadedImage[]
  try {
    loaded = await store.load(source, {
      signal: ports.interrupts.first,
      onProgress: (image, done, total) => line.show(image, done, total),
    })
  } finally {
    line.clear()
  }
  ports.stdout.write(loaded.map(loadedText).join(''))
  return EXIT.done
}

function loadedText({ id, names }: LoadedImage): string {
  if (names.length === 0) return `Loaded image ID: ${id}\n`
  return names.map(name => `Loaded image: ${safeLine(shortImageLabel(name))}\n`).join('')
}

/** One line on a terminal that says how far the loading is. */
class ProgressLine {
  readonly #context: CommandContext
  readonly #isShown: boolean
  #text = ''

  constructor(context: CommandContext, isQuiet: boolean) {
    this.#context = context
    this.#isShown = !isQuiet && context.ports.stderr.isTerminal && context.settings.progress !== 'json'
  }

  show(image: string, done: number, total: number): void {
    const { stderr } = this.#context.ports
    const text =
      `Loading ${safeLine(shortImageName(image))}: ${humanSize(done)} of ${humanSize(total)}`.slice(
        0,
        stderr.columns - 1,
      )
    if (!this.#isShown || text === this.#text) return
    this.#text = text
    stderr.write(`\r\u001b[K${text}`)
  }

  clear(): void {
    if (this.#text !== '') this.#context.ports.stderr.write('\r\u001b[K')
  }
}
