import { images } from '../../../../app/images.ts'
import { type CommandDefinition, defineCommand } from '../../../define-command.ts'
import { EXIT } from '../../../exit-codes.ts'
import { type ListFormat, listFormatOption } from '../../../options/list-format.ts'
import { untilInterrupted } from '../../../until-interrupted.ts'
import { humanSize } from '../../../views/human-size.ts'
import { imageNameParts, NO_NAME, shortImageId, shortImageName } from '../../../views/image-name.ts'
import { safeJson } from '../../../views/safe-text.ts'
import { textTable } from '../../../views/text-table.ts'

interface Values {
  readonly format: ListFormat
  readonly quiet?: boolean
}

/** The label that an image of a transformation has; pkg/bridge/transformers.go of docker/compose. */
const LABEL = 'com.docker.compose.bridge'

/** `bridge transformations list`: writes the images of transformations, a line for each. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: list =>
    list
      .alias('ls')
      .description('List images of transformations')
      .addOption(listFormatOption())
      .option('-q, --quiet', 'Show names only'),
  examples: [
    ['tcompose bridge transformations ls', 'the images that can convert'],
    ['tcompose bridge transformations ls -q', 'their names'],
  ],
  dryRun: 'reads',
  run: async (context, _, { format, quiet = false }) => {
    const { ports } = context
    const store = await ports.call(images)
    const all = await untilInterrupted(context, store.list())
    const rows = all
      .filter(({ labels }) => labels.get(LABEL) === 'transformation')
      .map(({ id, names, size, createdAt }) => {
        const tags = names.flatMap(({ reference }) => (reference.includes('@') ? [] : [reference]))
        const [first] = tags
        const parts = first === undefined ? undefined : imageNameParts(first)
        return {
          Id: id,
          RepoTags: tags.map(shortImageName),
          Created: createdAt === undefined ? 0 : Math.floor(createdAt / 1000),
          Size: size,
          Repository: parts?.repository ?? NO_NAME,
          Tag: parts?.tag ?? NO_NAME,
        }
      })
    if (quiet) {
      ports.stdout.write(rows.map(({ RepoTags, Id }) => `${RepoTags[0] ?? Id}\n`).join(''))
      return EXIT.done
    }
    if (format.kind === 'template') {
      const { templateList } = await import('../../../views/template-list.ts')
      const fields = ['Id', 'RepoTags', 'Created', 'Size', 'Repository', 'Tag'] as const
      ports.stdout.write(templateList(format, rows, { fields, headings: { Id: 'IMAGE ID' } }))
      return EXIT.done
    }
    const text =
      format.kind === 'json'
        ? `${safeJson(rows)}\n`
        : textTable([
            ['IMAGE ID', 'REPO', 'TAGS', 'SIZE'],
            ...rows.map(({ Id, Repository, Tag, Size }) => [
              shortImageId(Id),
              Repository,
              Tag,
              humanSize(Size),
            ]),
          ])
    ports.stdout.write(text)
    return EXIT.done
  },
})
