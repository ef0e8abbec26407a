import { resolve } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { bridgeModel } from '../../../app/bridge/bridge-model.ts'
import { runTransformation, type Transformation } from '../../../app/bridge/run-transformation.ts'
import { DEFAULT_TRANSFORMATION } from '../../../app/bridge/transformation-project.ts'
import { callerOf } from '../../../app/caller-of.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { askYes } from '../../ask-yes.ts'
import type { TextOutput } from '../../cli-ports.ts'
import { type CommandContext, runHooks } from '../../command-context.ts'
import { type CommandDefinition, defineCommand } from '../../define-command.ts'
import { EXIT } from '../../exit-codes.ts'
import { listOption } from '../../options/global-options.ts'
import { emptyFolder, hasContent, makeFolder } from '../../output-folder.ts'
import { reportDiagnostics, reportInvalid, reportRun, reportWarnings } from '../../report.ts'
import { openProgress } from '../../views/open-progress.ts'
import { safeText } from '../../views/safe-text.ts'
import { writeStatus } from '../../write-status.ts'

interface Values {
  readonly output: string
  readonly templates?: string
  readonly transformation?: readonly string[]
  readonly yes?: boolean
}

/** `bridge convert`: has images of transformations turn the project into another model, one after the other. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: convert =>
    convert
      .description('Convert Compose files to Kubernetes manifests, Helm charts, or another model')
      .option('-o, --output <folder>', 'Folder for what comes of it', 'out')
      .option('--templates <folder>', 'Folder with templates for the transformations')
      .addOption(
        listOption(
          '-t, --transformation <image>',
          `Image to run, ${DEFAULT_TRANSFORMATION} by default; repeat for more, in order`,
        ),
      )
      .option('-y, --yes', 'Delete what is in the output folder without asking'),
  examples: [
    ['tcompose bridge convert', 'Kubernetes manifests in the folder out'],
    ['tcompose bridge convert -o chart -t docker/compose-bridge-helm', 'a Helm chart'],
    ['tcompose bridge convert -t example/our-transformation:1', 'with an image of your own'],
  ],
  dryRun: 'plans',
  run: convertProject,
})

async function convertProject(
  context: CommandContext,
  _: readonly string[],
  { output, templates, transformation = [DEFAULT_TRANSFORMATION], yes = false }: Values,
): Promise<number> {
  const { ports, request, isDryRun } = context
  const folder = resolve(output)
  const view = await openProgress('bridge', context.settings, ports)
  const hooks = runHooks(context, view)
  try {
    const model = await ports.call(bridgeModel, request, hooks)
    if (model.kind === 'invalid') return reportInvalid(context, model.diagnostics)
    reportDiagnostics(context, model.diagnostics)
    reportWarnings(context, model.warnings)
    if (!isDryRun) await prepareOutput(context, { output, folder, yes })
    const shared = {
      ...{ model: model.text, output: folder, hooks },
      templates: templates === undefined ? undefined : resolve(templates),
    }
    for (const image of transformation) {
      writeStatus(context, `Transformation ${image}`, 'Running')
      const exitCode = isDryRun ? EXIT.done : await transform(context, { ...shared, image })
      if (exitCode !== EXIT.done) return exitCode
      writeStatus(context, `Transformation ${image}`, 'Done')
    }
    return EXIT.done
  } finally {
    await view.close()
  }
}

/** Runs one transformation. @throws {TcomposeError} `transformation` if it fails. */
async function transform(
  context: CommandContext,
  given: Omit<Transformation, 'io' | 'onStarted'>,
): Promise<number> {
  const { ports } = context
  const { first, exitCode } = ports.interrupts
  const tail = new Tail()
  const end = await ports.call(runTransformation, {
    ...given,
    io: {
      ...({ kind: 'streams', stdin: Readable.from([]) } as const),
      stdout: passingOn(ports.stdout, tail),
      stderr: passingOn(ports.stderr, tail),
    },
    onStarted: container => {
      first.addEventListener('abort', () => void container.signal('SIGTERM'), { once: true })
    },
  })
  if (end.kind === 'not-started') return reportRun(context, end.result)
  if (first.aborted) return exitCode
  if (end.exitCode !== 0) throw failed(given.image, end.exitCode, tail.lines)
  return EXIT.done
}

/** What is in the folder goes, as docker compose has it, if the user agrees. @throws {TcomposeError} `transformation`. */
async function prepareOutput(
  context: CommandContext,
  { output, folder, yes }: { readonly output: string; readonly folder: string; readonly yes: boolean },
): Promise<void> {
  if (hasContent(folder)) {
    const question = `Output directory '${output}' is not empty, all its content will be permanently deleted. Continue? [y/N]: `
    if (!yes && !(await askYes(context, question))) {
      throw new TcomposeError(
        'transformation',
        `Cannot write to "${output}": deletion of output directory '${output}' was not confirmed`,
        { hint: 'Name another folder with --output, or add --yes' },
      )
    }
    emptyFolder(folder)
  }
  makeFolder(folder, callerOf(context.ports.environment))
}

function passingOn(output: TextOutput, tail: Tail): Writable {
  const decoder = new TextDecoder()
  return new Writable({
    write: (chunk: Buffer, _, done) => {
      const text = decoder.decode(chunk, { stream: true })
      tail.add(text)
      output.write(output.isTerminal ? safeText(text) : text)
      done()
    },
  })
}

/** As many lines explain a failure. */
const TAIL_LINES = 10
const TAIL_CHARACTERS = 10_000

/** The end of what was written. */
class Tail {
  #text = ''

  add(text: string): void {
    this.#text = `${this.#text}${text}`.slice(-TAIL_CHARACTERS)
  }

  get lines(): readonly string[] {
    return this.#text.trimEnd().split('\n').slice(-TAIL_LINES)
  }
}

function failed(image: string, exitCode: number, lines: readonly string[]): TcomposeError {
  const said = lines.filter(line => line !== '')
  return new TcomposeError(
    'transformation',
    `Cannot convert with "${image}": it ended with exit code ${exitCode}`,
    {
      hint: 'It finds the project at /in/compose.yaml, and writes to /out',
      ...(said.length > 0 && { notes: ['The last it wrote:', ...said.map(line => `  ${line}`)] }),
    },
  )
}
