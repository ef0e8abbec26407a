import { InvalidArgumentError } from 'commander'
import type { RemovedImages } from '../../../app/index.ts'
import type { CommandContext } from '../../command-context.ts'
import { isConfirmed } from '../../confirm.ts'
import { EXIT } from '../../exit-codes.ts'
import { parseTime } from '../../options/option-values.ts'
import { UsageError } from '../../usage-error.ts'
import { humanSize } from '../../views/human-size.ts'
import { safeLine } from '../../views/safe-text.ts'
import { removedText } from './remove-images.ts'

export interface ImagePruneValues {
  readonly all?: boolean
  readonly filter?: readonly string[]
  readonly force?: boolean
}

/** Removes images that no container needs, after a question unless `--force` is given. */
export async function pruneImages(context: CommandContext, values: ImagePruneValues): Promise<number> {
  const { ports } = context
  const until = untilOf(values.filter ?? [], ports.now())
  const which = values.all ? 'images without at least one container associated to them' : 'dangling images'
  const warning = `WARNING! This will remove all ${which}.`
  if (!values.force && !(await isConfirmed(context, 'image prune', warning))) return EXIT.done
  const app = await ports.loadApp()
  const removed = await app.images.prune({
    all: values.all ?? false,
    ...(until === undefined ? {} : { until }),
  })
  ports.stdout.write(`${deletedText(removed)}Total reclaimed space: ${humanSize(removed.bytes)}\n`)
  return EXIT.done
}

/** Returns what a prune says of images and of what was left over; nothing if there was none. */
export function deletedText(removed: RemovedImages): string {
  const images = removedText(removed)
  const leftovers = removed.leftovers.map(line => `${safeLine(line)}\n`).join('')
  return [
    images === '' ? '' : `Deleted Images:\n${images}\n`,
    leftovers === '' ? '' : `Deleted leftovers:\n${leftovers}\n`,
  ].join('')
}

/**
 * Returns the time of `until=TIME`, milliseconds since the epoch; undefined without such a filter.
 *
 * @throws {UsageError} For another filter, or a time that is none.
 */
export function untilOf(filters: readonly string[], now: number): number | undefined {
  const times = filters.map(filter => {
    const text = /^until=(.+)$/.exec(filter)?.[1]
    if (text === undefined)
      throw new UsageError(`there is no filter "${filter}"`, 'Write --filter until=TIME')
    try {
      return Date.parse(parseTime(text, now))
    } catch (error) {
      if (error instanceof InvalidArgumentError) throw new UsageError(`"${text}" is no time`, error.message)
      throw error
    }
  })
  return times.length === 0 ? undefined : Math.min(...times)
}
