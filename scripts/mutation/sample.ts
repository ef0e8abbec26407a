import { Random } from '../../test/siege/random.ts'

/** Returns at most `count` of `items` in their order, chosen by `seed` only. */
export function sample<T>(items: readonly T[], count: number, seed: number): readonly T[] {
  const random = new Random(seed)
  const rest = items.map((_, index) => index)
  const chosen = new Set<number>()
  while (chosen.size < count && rest.length > 0) {
    const [index] = rest.splice(random.below(rest.length), 1)
    if (index !== undefined) chosen.add(index)
  }
  return items.filter((_, index) => chosen.has(index))
}
