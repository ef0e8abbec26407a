import { beforeAll, expect, test } from 'vitest'
import { buildCliPage, composeStandings } from '../../scripts/build-cli-page.ts'
import { manPages } from '../../scripts/build-man-pages.ts'
import { COMPOSE_COMMANDS } from '../../scripts/cli/compose-commands.ts'
import { type DescribedProgram, describeCommands } from '../../scripts/cli/describe-commands.ts'

let program: DescribedProgram

beforeAll(async () => {
  program = await describeCommands()
})

test('each command has a description and an example', () => {
  const bare = program.commands.filter(
    ({ description, examples }) => description === '' || examples.length === 0,
  )
  expect(bare.map(({ name }) => name)).toEqual([])
})

test('each option of an example is one of its command', () => {
  const wrong = program.commands.flatMap(({ name, options, hidden, examples }) => {
    const known = new Set([...options.flatMap(({ flags }) => flags.match(/--?[\w-]+/g) ?? []), ...hidden])
    return examples.flatMap(([line]) => {
      const own = line.split(`tcompose ${name} `)[1]?.split(/ [|<>] /)[0] ?? ''
      // What follows the service of exec and run belongs to a program.
      const words = name === 'exec' || name === 'run' ? own.split(/ (?:web|db|app) /)[0] : own
      const flags = words?.match(/(?<=^| )--?[a-z][\w-]*/g) ?? []
      const single = flags.flatMap(flag =>
        /^-\w\w+$/.test(flag) ? [...flag.slice(1)].map(f => `-${f}`) : [flag],
      )
      return single.filter(flag => !known.has(flag)).map(flag => `${name}: ${flag}`)
    })
  })
  expect(wrong).toEqual([])
})

test('composeStandings() has a line for each command and option of docker compose', () => {
  const names = composeStandings(program).map(({ name }) => name)
  expect(COMPOSE_COMMANDS.filter(({ name }) => !names.includes(name))).toEqual([])
  expect(names).toContain('up --scale')
})

test('what of docker compose is not there has a reason', () => {
  const unknown = composeStandings(program).filter(({ kind }) => kind === 'unknown')
  expect(unknown.map(({ name }) => name)).toEqual([])
})

test('buildCliPage() has a section for each command', async () => {
  const page = await buildCliPage()
  for (const { name } of program.commands) expect(page).toContain(`\n## ${name}\n`)
})

test('manPages() escape what troff would read as its own', () => {
  const pages = manPages(program)
  expect([...pages.keys()]).toContain('tcompose-image-ls.1')
  const up = pages.get('tcompose-up.1') ?? ''
  expect(up).toContain('.SH NAME\ntcompose\\-up \\- create and start containers\n')
  expect(up).toContain('.B \\-d, \\-\\-detach\n')
})
