/**
 * Writes docs/cli.md: every command with its options and examples, and what of docker compose's there is. With --check it
 * writes nothing and fails if the existing page differs from the one it would write.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { COMPOSE_COMMANDS, COMPOSE_GLOBALS } from './cli/compose-commands.ts'
import {
  type DescribedCommand,
  type DescribedOption,
  type DescribedProgram,
  describeCommands,
} from './cli/describe-commands.ts'
import { STANCES } from './cli/stances.ts'
import { projectRoot } from './project-root.ts'

const PAGE = 'docs/cli.md'

/** Returns the text of the page. */
export async function buildCliPage(): Promise<string> {
  const program = await describeCommands()
  const standings = composeStandings(program)
  return [
    introduction(standings),
    `## Options before the command\n\n${optionTable(program.globals)}`,
    ...program.commands.map(section),
    `## Commands of docker compose\n\n${standingTable(standings)}`,
  ]
    .join('\n\n')
    .concat('\n')
}

/** A command or an option of docker compose, and what there is of it here. */
export interface Standing {
  /** `up`, `up --wait` or `--file`. */
  readonly name: string
  readonly kind: 'done' | 'different' | 'not-yet' | 'refused' | 'unknown'
  readonly words: string
}

/** Returns where `program` stands with each command and option of docker compose. */
export function composeStandings({ commands, groups, globals }: DescribedProgram): readonly Standing[] {
  const known = new Set(globals.map(({ long }) => long))
  return [
    ...COMPOSE_GLOBALS.map(name => standing(name, known.has(name))),
    ...COMPOSE_COMMANDS.flatMap(({ name, options, hidden = [] }) => {
      const command = commands.find(other => other.name === name || other.aliases.includes(name))
      const top = standing(name, command !== undefined || groups.includes(name))
      if (command === undefined) return [top]
      const taken = new Set([...command.options.map(({ long }) => long), ...command.hidden])
      return [
        top,
        ...[...options, ...hidden].map(option => standing(`${name} ${option}`, takes(taken, option))),
      ]
    }),
  ]
}

/** `--no-x=false` is `--x`, so one of the two is enough. */
function takes(taken: ReadonlySet<string | undefined>, option: string): boolean {
  const opposite = option.startsWith('--no-') ? `--${option.slice(5)}` : `--no-${option.slice(2)}`
  return taken.has(option) || taken.has(opposite)
}

function standing(name: string, isThere: boolean): Standing {
  const stance = STANCES[name]
  if (stance === undefined) return { name, kind: isThere ? 'done' : 'unknown', words: '' }
  return { name, kind: stance.kind, words: stance.kind === 'different' ? stance.how : stance.why }
}

const KIND_WORDS: Readonly<Record<Standing['kind'], string>> = {
  done: 'done',
  different: 'different on purpose',
  'not-yet': 'not yet',
  refused: 'refused',
  unknown: 'not yet',
}

function introduction(standings: readonly Standing[]): string {
  const count = (kind: Standing['kind']): number => standings.filter(other => other.kind === kind).length
  return `# Commands

This page is written by \`scripts/build-cli-page.ts\` from the help of the commands; \`tcompose help COMMAND\` shows the same. Of the
${standings.length} commands and options of docker compose 5.5, ${count('done')} are done, ${count('different')} differ on purpose and
${count('not-yet') + count('refused')} are not there; [the table](#commands-of-docker-compose) at the end names them. What behaves
differently is in [differences.md](differences.md), and \`--format\` in [formats.md](formats.md).`
}

function section({ name, aliases, description, usage, options, examples }: DescribedCommand): string {
  return [
    `## ${name}`,
    `${description}.${aliases.length > 0 ? ` Also \`${aliases.join('`, `')}\`.` : ''}`,
    `\`\`\`\ntcompose ${name} ${usage}\n\`\`\``,
    ...(options.length > 0 ? [optionTable(options)] : []),
    ...(examples.length > 0 ? [exampleBlock(examples)] : []),
  ].join('\n\n')
}

function optionTable(options: readonly DescribedOption[]): string {
  const rows = options.map(({ flags, description, choices }) => {
    const values = choices.length > 0 ? ` (${choices.join(', ')})` : ''
    return `| \`${flags}\` | ${cell(`${description}${values}`)} |`
  })
  return ['| option | |', '| --- | --- |', ...rows].join('\n')
}

function exampleBlock(examples: DescribedCommand['examples']): string {
  const width = Math.max(...examples.map(([line]) => line.length))
  const lines = examples.map(([line, meaning]) => `${line.padEnd(width)}   # ${meaning}`)
  return ['```sh', ...lines, '```'].join('\n')
}

function standingTable(standings: readonly Standing[]): string {
  const groups = Map.groupBy(standings, ({ name }) =>
    name.startsWith('--') ? 'before the command' : commandOf(name),
  )
  const rows = [...groups].map(([command, members]) => {
    const others = members
      .filter(({ kind }) => kind !== 'done')
      .map(({ name, kind, words }) => {
        const what = name === command ? '' : `\`${name.slice(name.indexOf('--'))}\` `
        return `${what}${KIND_WORDS[kind]}: ${words}`
      })
    return `| ${command} | ${others.length === 0 ? 'done' : cell(others.join('; '))} |`
  })
  return ['| command | |', '| --- | --- |', ...rows].join('\n')
}

function commandOf(name: string): string {
  const [command = name] = name.split(' --')
  return command
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

if (import.meta.main) {
  const page = await buildCliPage()
  const path = join(projectRoot, PAGE)
  if (!process.argv.includes('--check')) await writeFile(path, page)
  else if ((await readFile(path, 'utf8').catch(() => '')) !== page) {
    console.error(`${PAGE} is not what scripts/build-cli-page.ts writes: run it`)
    process.exitCode = 1
  }
}
