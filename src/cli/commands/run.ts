import { Readable } from 'node:stream'
import { Option } from 'commander'
import { type OneOffResult, type RunOptions, run, type StartedRun } from '../../app/run.ts'
import type { CliPorts } from '../cli-ports.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { detachableTerminal } from '../detachable-terminal.ts'
import { EXIT } from '../exit-codes.ts'
import { listOption } from '../options/global-options.ts'
import {
  type PullChoice,
  publishDefaultOption,
  publishingOn,
  pullOf,
  pullOption,
} from '../options/up-options.ts'
import { reportRun } from '../report.ts'
import { runWithProgress } from '../run-with-progress.ts'
import { UsageError } from '../usage-error.ts'

interface Values {
  readonly build?: true
  readonly capAdd?: readonly string[]
  readonly capDrop?: readonly string[]
  readonly detach?: boolean
  readonly entrypoint?: string
  readonly env?: readonly string[]
  readonly envFromFile?: readonly string[]
  readonly interactive: boolean
  readonly label?: readonly string[]
  readonly labels?: readonly string[]
  readonly name?: string
  readonly deps: boolean
  readonly tty: boolean
  readonly publish?: readonly string[]
  readonly publishDefault?: string
  readonly pull: PullChoice
  readonly quiet?: boolean
  readonly quietBuild?: boolean
  readonly quietPull?: boolean
  readonly removeOrphans?: boolean
  readonly rm?: boolean
  readonly servicePorts?: boolean
  readonly useAliases?: boolean
  readonly user?: string
  readonly volume?: readonly string[]
  readonly volumes?: readonly string[]
  readonly workdir?: string
}

/** `run`: runs a command in a container of its own and passes its exit code on. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: runCommand =>
    runCommand
      .description('Run a command once, in a container of its own beside those of the service')
      .argument('<service>')
      .argument('[command...]')
      .passThroughOptions()
      .option('--build', 'Build images before starting containers, though they are there')
      .addOption(listOption('--cap-add <name>', 'Add a capability; repeat for more'))
      .addOption(listOption('--cap-drop <name>', 'Drop a capability; repeat for more'))
      .option('-d, --detach', 'Run in the background and print the container ID')
      .option('--entrypoint <command>', 'Run this instead of the entrypoint; the command is cleared')
      .addOption(listOption('-e, --env <name=value>', 'Set an environment variable; repeat for more'))
      .addOption(listOption('--env-from-file <path>', 'Set the variables of a file; repeat for more'))
      .option('-i, --interactive', 'Keep standard input open; --interactive=false closes it', true)
      .addOption(new Option('--no-interactive').hideHelp())
      .addOption(listOption('-l, --label <name=value>', 'Add a label; repeat for more'))
      .option('--name <name>', 'Name of the container')
      .option('--no-deps', 'Do not start what the service depends on')
      .option('-T, --no-tty', 'Do not allocate a terminal')
      // What is the default on a terminal, by the flag of docker run.
      .addOption(new Option('-t, --tty').default(true).hideHelp())
      .addOption(listOption('-p, --publish <port>', 'Publish a port; repeat for more'))
      .addOption(publishDefaultOption())
      .addOption(pullOption())
      .option('-q, --quiet', 'Do not show progress')
      .option('--quiet-build', 'Do not show the steps of builds')
      .option('--quiet-pull', 'Do not show the progress of pulls')
      .option('--remove-orphans', 'Remove containers of services that the file does not declare')
      .option('--rm', 'Remove the container and its anonymous volumes when it has ended')
      .option('-P, --service-ports', 'Publish the ports of the service')
      .option('--use-aliases', 'Let the name and the aliases of the service resolve to the container too')
      .option('-u, --user <user>', 'User to run as')
      .addOption(listOption('-v, --volume <volume>', 'Mount a volume or a folder; repeat for more'))
      // The plural is docker compose's other spelling.
      .addOption(listOption('--volumes <volume>', 'As --volume').hideHelp())
      .addOption(listOption('--labels <name=value>', 'As --label').hideHelp())
      .option('-w, --workdir <path>', 'Working directory'),
  examples: [
    ['tcompose run --rm web npm test', 'a command in a new container, which is removed at its end'],
    ['tcompose run --rm db psql -h db -U postgres', 'against what runs: names of services resolve'],
    ['tcompose run --rm -e DEBUG=1 -v ./out:/out web', 'with one more variable and folder'],
    ['tcompose run --rm --entrypoint sh web -c env', 'in place of the program of the image'],
    ['tcompose run -d --name import web ./import.sh', 'in the background'],
    ['dump | tcompose run --rm -T db restore', 'with standard input'],
  ],
  dryRun: 'plans',
  run: runOnce,
})

async function runOnce(called: CommandContext, args: readonly string[], values: Values): Promise<number> {
  const context = publishingOn(called, values)
  let isLeft = false
  const options = runOptions(context, { args, values, onDetached: () => (isLeft = true) })
  const { ports, request, settings } = context
  let started: OneOffResult | undefined
  using forwarding = new DisposableStack()
  // From here on signals are for the container: its first output may lead to one.
  const onStarting: RunOptions['onStarting'] = starting => {
    const deliver = async (name: NodeJS.Signals): Promise<void> => (await starting).signal(name)
    forwarding.use(ports.interrupts.forward(name => void deliver(name).catch(() => {})))
  }
  const shown = values.quiet ? { ...context, settings: { ...settings, progress: 'quiet' as const } } : context
  const exitCode = await runWithProgress(shown, {
    title: 'run',
    quietPull: values.quietPull ?? false,
    quietBuild: values.quietBuild ?? false,
    run: async hooks => {
      started = await ports.call(run, { request, options: { ...options, onStarting }, hooks })
      return started.result
    },
  })
  if (started?.kind !== 'started') return exitCode
  if (values.detach) {
    ports.stdout.write(`${started.run.id}\n`)
    return EXIT.done
  }
  return await joinRun(context, started.run, () => isLeft)
}

/** Passes on what the container writes and reads; returns its exit code. One that was left goes on. */
async function joinRun(
  context: CommandContext,
  { container, finish }: StartedRun,
  isLeft: () => boolean,
): Promise<number> {
  if (container === undefined) return EXIT.done
  using _container = container
  const exitCode = await container.join().catch(async error => {
    await finish()
    throw error
  })
  if (isLeft()) return EXIT.done
  const removed = await finish()
  const failure = removed === undefined ? EXIT.done : reportRun(context, removed)
  return exitCode === 0 ? failure : exitCode
}

interface Asked {
  readonly args: readonly string[]
  readonly values: Values
  /** Called when the keys were typed that leave the container. */
  readonly onDetached: () => void
}

/** @throws {UsageError} If options contradict each other. */
function runOptions({ ports }: CommandContext, { args, values, onDetached }: Asked): RunOptions {
  const [service, ...command] = args
  if (service === undefined) throw new UsageError('missing service')
  if (values.servicePorts && values.publish !== undefined)
    throw new UsageError('--service-ports and --publish cannot be combined', 'Leave one of them out')
  const io = ioOf(ports, values, onDetached)
  return {
    ...{ service, command: command.length > 0 ? command : undefined },
    ...additions(values),
    ...{ name: values.name, entrypoint: values.entrypoint },
    ...{ user: values.user || undefined, workingDir: values.workdir || undefined },
    ...{ servicePorts: values.servicePorts === true, useAliases: values.useAliases === true },
    ...{ remove: values.rm === true, removeOrphans: values.removeOrphans === true, noDeps: !values.deps },
    ...{ pull: pullOf(values.pull), build: values.build && 'always' },
    ...{ tty: io?.kind === 'terminal', stdinOpen: values.interactive, io },
  }
}

function additions(values: Values) {
  return {
    environment: values.env ?? [],
    environmentFiles: values.envFromFile ?? [],
    labels: [...(values.label ?? []), ...(values.labels ?? [])],
    capAdd: values.capAdd ?? [],
    capDrop: values.capDrop ?? [],
    volumes: [...(values.volume ?? []), ...(values.volumes ?? [])],
    publish: values.publish ?? [],
  }
}

function ioOf(
  ports: CliPorts,
  { tty, interactive, detach }: Values,
  onDetached: () => void,
): RunOptions['io'] {
  if (detach) return undefined
  if (tty && interactive && ports.isInputTerminal && ports.stdout.isTerminal)
    return { kind: 'terminal', ...detachableTerminal(ports, onDetached) }
  return { kind: 'streams', ...ports.streams, ...(interactive ? {} : { stdin: Readable.from([]) }) }
}
