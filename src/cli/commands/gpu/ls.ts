import { Option } from 'commander'
import { listGpus } from '../../../app/gpus.ts'
import type { GpuListing } from '../../../app/index.ts'
import { type CommandDefinition, defineCommand } from '../../define-command.ts'
import { EXIT } from '../../exit-codes.ts'
import { untilInterrupted } from '../../until-interrupted.ts'
import { safeJson, safeText } from '../../views/safe-text.ts'
import { textTable } from '../../views/text-table.ts'

interface Values {
  readonly format: 'table' | 'json'
}

/** `gpu ls`: writes the GPUs of this machine, and why some cannot be used. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: ls =>
    ls
      .alias('list')
      .description('List the GPUs of this machine, and what keeps them from being used')
      .addOption(
        new Option('--format <format>', 'Output format').choices(['table', 'json']).default('table'),
      ),
  examples: [
    ['tcompose gpu ls', 'what there is, and what keeps it from being used'],
    ['tcompose gpu ls --format json', 'the same for programs'],
  ],
  dryRun: 'reads',
  run: async (context, _args, { format }) => {
    const { ports } = context
    const listing = await untilInterrupted(context, ports.call(listGpus))
    ports.stdout.write(
      format === 'json' ? `${safeJson(listingJson(listing), 2)}\n` : safeText(listingText(listing)),
    )
    return EXIT.done
  },
})

const NONE_USABLE = 'No GPU was found that containers can use'
const LOOKED_FOR =
  '/proc/driver/nvidia shows no card, and /dev/kfd, /dev/dri and /dev/accel have no node of AMD or Intel'

function listingJson({ vendors, described, problems }: GpuListing): object {
  return { vendors, described, problems: problems.map(({ message }) => message) }
}

function listingText({ vendors, described, problems }: GpuListing): string {
  const rows = vendors.flatMap(({ gpus, driver = '' }) =>
    gpus.map(({ name, model, uuid = '', pciAddress = '', nodes }) => {
      return [name, model, driver, pciAddress, uuid, nodes.join(' ')]
    }),
  )
  const broken = vendors.flatMap(({ vendor, link, reason, remedy }) =>
    reason === undefined ? [] : [`${vendor}: ${reason} (missing link: ${link})\n  Do: ${remedy}\n`],
  )
  const headings = ['NAME', 'MODEL', 'DRIVER', 'PCI', 'UUID', 'NODES']
  const nothing = broken.length === 0 ? `${NONE_USABLE}: ${LOOKED_FOR}\n` : `${NONE_USABLE}\n`
  const found = rows.length === 0 ? nothing : textTable([headings, ...rows])
  const files = described.map(({ name, source }) => [name, source])
  return [
    found,
    ...broken,
    ...(files.length === 0 ? [] : [`\n${textTable([['DESCRIBED', 'FILE'], ...files])}`]),
    ...problems.map(({ message }) => `${message}\n`),
  ].join('')
}
