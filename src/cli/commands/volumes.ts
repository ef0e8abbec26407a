import { type ProjectVolume, volumes } from '../../app/volumes.ts'
import { assertNever } from '../../base/assert-never.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { type ListFormat, listFormatOption } from '../options/list-format.ts'
import { reportInvalid } from '../report.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { safeJson } from '../views/safe-text.ts'
import { textTable } from '../views/text-table.ts'

interface Values {
  readonly format: ListFormat
  readonly quiet?: boolean
}

/** `volumes`: lists the named volumes of a project. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: volumesCommand =>
    volumesCommand
      .description('List volumes')
      .argument('[service...]')
      .addOption(listFormatOption())
      .option('-q, --quiet', 'Show names only'),
  examples: [
    ['tcompose volumes', 'the volumes of the project'],
    ['tcompose volumes -q db', 'names of those that service db has'],
    ["tcompose volumes --format '{{.Mountpoint}}'", 'where their files are'],
  ],
  dryRun: 'reads',
  run: listVolumes,
})

async function listVolumes(
  context: CommandContext,
  services: readonly string[],
  values: Values,
): Promise<number> {
  const { ports, request } = context
  const found = await untilInterrupted(context, ports.call(volumes, request, { services }))
  if (found.kind === 'invalid') return reportInvalid(context, found.diagnostics)
  ports.stdout.write(await volumesText(found.volumes, values))
  return EXIT.done
}

async function volumesText(found: readonly ProjectVolume[], { quiet, format }: Values): Promise<string> {
  if (quiet) return found.map(({ name }) => `${name}\n`).join('')
  switch (format.kind) {
    case 'table':
      return textTable([['DRIVER', 'VOLUME NAME'], ...found.map(({ name }) => [DRIVER, name])])
    case 'json':
      return found.map(volume => `${safeJson(volumeJson(volume))}\n`).join('')
    case 'template': {
      const { templateList } = await import('../views/template-list.ts')
      const entries = found.map(volume => ({
        ...volumeJson(volume),
        Label: (key: unknown = '') => volume.labels.get(String(key)) ?? '',
      }))
      return templateList(format, entries, { fields: FIELDS, headings: { Name: 'VOLUME NAME' } })
    }
    default:
      return assertNever(format)
  }
}

/** What there is of a volume, in docker's fields; what docker does not look up either is `N/A`. */
function volumeJson({ name, mountpoint, labels }: ProjectVolume) {
  return {
    Availability: UNKNOWN,
    Driver: DRIVER,
    Group: UNKNOWN,
    Labels: [...labels].map(([key, value]) => `${key}=${value}`).join(','),
    Links: UNKNOWN,
    Mountpoint: mountpoint,
    Name: name,
    Scope: 'local',
    Size: UNKNOWN,
    Status: UNKNOWN,
  }
}

const DRIVER = 'local'
const UNKNOWN = 'N/A'
const FIELDS = [
  ...['Availability', 'Driver', 'Group', 'Labels', 'Links'],
  ...['Mountpoint', 'Name', 'Scope', 'Size', 'Status'],
]
