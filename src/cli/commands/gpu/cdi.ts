import { Option } from 'commander'
import { describeGpus } from '../../../app/gpus.ts'
import { GPU_VENDORS, type GpuVendor } from '../../../app/index.ts'
import { type CommandDefinition, defineCommand } from '../../define-command.ts'
import { EXIT } from '../../exit-codes.ts'
import { untilInterrupted } from '../../until-interrupted.ts'
import { UsageError } from '../../usage-error.ts'
import { safeText } from '../../views/safe-text.ts'

interface Values {
  readonly vendor?: GpuVendor
  readonly class?: string
  readonly format: 'yaml' | 'json'
}

/** `gpu cdi`: writes the specification by which containers get GPUs that no file describes. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: cdi =>
    cdi
      .description('Write the CDI specification that containers get GPUs by')
      .addOption(new Option('--vendor <vendor>', 'Whose GPUs').choices(GPU_VENDORS))
      .addOption(new Option('--class <class>', 'Which devices').choices(['gpu', 'npu']))
      .addOption(new Option('--format <format>', 'Output format').choices(['yaml', 'json']).default('yaml')),
  examples: [
    ['tcompose gpu cdi', 'what containers get, as YAML'],
    ['tcompose gpu cdi --vendor amd --format json', 'of one vendor, as JSON'],
    ['tcompose gpu cdi > /etc/cdi/gpu.yaml', 'fix it: it is then no longer made afresh at each start'],
  ],
  dryRun: 'reads',
  run: async (context, _args, { vendor, class: wanted, format }) => {
    const { ports } = context
    const described = await untilInterrupted(context, ports.call(describeGpus, { vendor, format }))
    const chosen = described.filter(({ kind }) => wanted === undefined || kind.endsWith(`/${wanted}`))
    const [first] = chosen
    if (first === undefined || chosen.length > 1) throw notOne(described.map(({ kind }) => kind))
    ports.stdout.write(safeText(first.text))
    return EXIT.done
  },
})

/** A file has one specification. */
function notOne(kinds: readonly string[]): UsageError {
  return new UsageError(
    `there are specifications of ${kinds.join(', ')}, and one is written at a time`,
    'Name it with --vendor and --class',
  )
}
