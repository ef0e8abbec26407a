import { InvalidArgumentError, Option } from 'commander'
import { images } from '../../../app/images.ts'
import { type Bytes, parseBytes } from '../../../base/bytes.ts'
import { isConfirmed } from '../../confirm.ts'
import { type CommandDefinition, defineCommand } from '../../define-command.ts'
import { EXIT } from '../../exit-codes.ts'
import { listOption } from '../../options/global-options.ts'
import { untilOf } from '../../options/until-filter.ts'
import { prunedCacheText } from '../../removed-images.ts'
import { humanSize } from '../../views/human-size.ts'

interface Values {
  readonly all?: boolean
  readonly filter?: readonly string[]
  readonly force?: boolean
  readonly keepStorage?: Bytes
  readonly maxUsedSpace?: Bytes
  readonly reservedSpace?: Bytes
}

/** `builder prune`: makes builds forget what they keep, after a question unless `--force` is given. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: prune =>
    prune
      .description('Remove build cache')
      .option('-a, --all', 'Forget steps whose layers are in images, too')
      .addOption(listOption('--filter <filter>', 'Remove only what was not used since until=TIME'))
      .option('-f, --force', 'Do not ask for confirmation')
      .option('--keep-storage <size>', 'Keep what was used last, up to this size', parseSize)
      .addOption(new Option('--max-used-space <size>').argParser(parseSize).hideHelp())
      .addOption(new Option('--reserved-space <size>').argParser(parseSize).hideHelp()),
  examples: [
    ['tcompose builder prune', 'forget what no build has used for long'],
    ['tcompose builder prune -a', 'start afresh'],
  ],
  run: async (context, _args, { all = false, filter = [], force = false, ...sizes }) => {
    const { ports } = context
    const until = untilOf(filter, ports.now())
    const keepBytes = sizes.keepStorage ?? sizes.maxUsedSpace ?? sizes.reservedSpace
    const warning = `WARNING! This will remove ${all ? 'all' : 'all dangling'} build cache.`
    if (!force && !(await isConfirmed(context, 'builder prune', warning))) return EXIT.done
    const store = await ports.call(images)
    const pruned = await store.pruneBuildCache({
      all,
      ...(until === undefined ? {} : { until }),
      ...(keepBytes === undefined ? {} : { keepBytes }),
    })
    ports.stdout.write(`${prunedCacheText(pruned)}Total reclaimed space: ${humanSize(pruned.bytes)}\n`)
    return EXIT.done
  },
})

/** @throws {InvalidArgumentError} If `text` is no size. */
function parseSize(text: string): Bytes {
  try {
    return parseBytes(text)
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError)
      throw new InvalidArgumentError('Expected a size such as 10g')
    throw error
  }
}
