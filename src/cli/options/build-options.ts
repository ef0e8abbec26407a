import { type Command, InvalidArgumentError, Option } from 'commander'
import type { BuildFlags } from '../../app/build-flags.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { listOption } from './global-options.ts'

/** The options of `build` that say how images are built. */
export interface BuildValues {
  readonly buildArg?: readonly string[]
  readonly builder?: string
  readonly cache: boolean
  readonly memory?: string
  readonly provenance?: string
  readonly pull?: boolean
  readonly sbom?: string
  readonly ssh?: BuildFlags['ssh']
}

/** Adds the options that say how images are built, as opposed to what is shown. */
export function addBuildOptions(command: Command): Command {
  command
    .addOption(listOption('--build-arg <name=value>', 'Set a variable that ARG declares; repeat for more'))
    .option('--no-cache', 'Run every step, whether it is cached or not')
    .option('--pull', 'Ask registries for the images that builds start from')
    .addOption(
      new Option('--ssh <id=path>', 'Keys for RUN --mount=type=ssh, "default" for your SSH agent').argParser(
        parseSsh,
      ),
    )
    .option('--provenance <mode>', 'Accepted if false: this version makes no attestations')
    .option('--sbom <mode>', 'Accepted if false: this version makes no attestations')
    .option('--builder <name>', 'Accepted and ignored: there is one builder')
    .option('-m, --memory <size>', 'Accepted and ignored, as by BuildKit')
  for (const flag of ['--compress', '--force-rm', '--no-rm']) command.addOption(new Option(flag).hideHelp())
  return command
}

/** @throws {TcomposeError} `build-unsupported` if attestations are wanted. */
export function buildFlags({
  buildArg = [],
  cache,
  pull = false,
  ssh = [],
  provenance,
  sbom,
}: BuildValues): BuildFlags {
  requireNone('--provenance', provenance)
  requireNone('--sbom', sbom)
  return { args: buildArg, noCache: !cache, pull, ssh }
}

/** Returns what to say about options that are accepted and have no effect. */
export function ignoredOptions({ builder, memory }: BuildValues): readonly string[] {
  return [
    ...(builder === undefined ? [] : [`--builder ${builder} is ignored: tcompose builds by itself`]),
    ...(memory === undefined ? [] : ['--memory is ignored: a build has the memory of the machine']),
  ]
}

function requireNone(flag: string, value: string | undefined): void {
  if (value === undefined || ['false', '0', 'disabled=true'].includes(value.toLowerCase())) return
  throw new TcomposeError(
    'build-unsupported',
    `Cannot build with ${flag} ${value}: this version makes no attestations`,
    {
      hint: `Leave ${flag} out, or write ${flag}=false`,
    },
  )
}

/**
 * Adds one `default` or `ID=PATH[,PATH]` to the earlier ones.
 *
 * @throws {InvalidArgumentError} If `text` is neither.
 */
function parseSsh(text: string, earlier: BuildFlags['ssh'] = []): BuildFlags['ssh'] {
  const [, id, paths] = /^([^=]+)(?:=(.+))?$/s.exec(text) ?? []
  if (id === undefined || (paths === undefined && id !== 'default'))
    throw new InvalidArgumentError('Expected "default" or ID=PATH')
  return [...earlier, { id, paths: paths?.split(',') ?? [] }]
}
