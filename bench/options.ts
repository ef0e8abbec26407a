import { parseArgs } from 'node:util'
import { WORKS, type Work } from './samples.ts'

/** What the user asked for. */
export interface BenchOptions {
  readonly sizes: readonly number[]
  readonly works: readonly Work[]
  readonly runs: number
  readonly json: boolean
  readonly help: boolean
}

/** The options in words. */
export const USAGE: string = `usage: npm run bench -- [--rows up,down,...] [--sizes 1,10,50,200] [--runs 5] [--json]

  --rows   of ${WORKS.join(', ')} (default: all)
  --sizes  counts of services (default: 1,10,50,200; docker compose is asked up to 50, podman-compose up to 10)
  --runs   runs per tool and size (default: 5)
  --json   print samples and results as JSON

docker compose and podman-compose take part where "docker info" and "podman info" work. TCOMPOSE_BENCH_DOCKER and
TCOMPOSE_BENCH_PODMAN may give a command prefix to reach them, e.g. "nsenter -t 4711 -m -n".`

/** @throws {Error} If an option is unknown or no row has the given name. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string', default: WORKS.join(',') },
      sizes: { type: 'string', default: '1,10,50,200' },
      runs: { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  return {
    sizes: values.sizes.split(',').map(Number),
    works: values.rows.split(',').map(parseWork),
    runs: Number(values.runs),
    json: values.json,
    help: values.help,
  }
}

function parseWork(text: string): Work {
  const work = WORKS.find(known => known === text)
  if (work === undefined) throw new Error(`Cannot measure "${text}": expected one of ${WORKS.join(', ')}`)
  return work
}
