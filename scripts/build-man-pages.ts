/** Writes the manual pages of all commands into dist/man/man1, in the macros of man(7). */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type DescribedCommand,
  type DescribedOption,
  type DescribedProgram,
  describeCommands,
} from './cli/describe-commands.ts'
import { projectRoot } from './project-root.ts'

/** Returns the text of each page by the name of its file: `tcompose.1`, `tcompose-image-ls.1` ... */
export function manPages({ commands, globals }: DescribedProgram): ReadonlyMap<string, string> {
  return new Map([
    ['tcompose.1', programPage({ commands, globals })],
    ...commands.map(command => [`${pageName(command)}.1`, commandPage(command)] as const),
  ])
}

function pageName({ name }: Pick<DescribedCommand, 'name'>): string {
  return `tcompose-${name.replaceAll(' ', '-')}`
}

function programPage({ commands, globals }: Omit<DescribedProgram, 'groups'>): string {
  return page('tcompose', 'run Compose files with no Docker and no daemon', [
    ['.SH SYNOPSIS', '.B tcompose', '[options] command [arguments]'],
    ['.SH OPTIONS', ...globals.flatMap(optionLines)],
    [
      '.SH COMMANDS',
      ...commands.flatMap(command => ['.TP', `.BR ${pageName(command)} (1)`, roff(command.description)]),
    ],
    [
      '.SH EXIT STATUS',
      ...['.TP', '.B 0', 'done'],
      ...['.TP', '.B 1', 'failed'],
      ...['.TP', '.B 2', 'a mistake in the file or on the command line; nothing was changed'],
      ...['.TP', '.B 130', 'interrupted'],
    ],
    [
      '.SH FILES',
      ...['.TP', '.I /var/lib/tcompose', 'images, volumes and records'],
      ...['.TP', '.I /run/tcompose', 'locks, sockets and live status'],
    ],
  ])
}

function commandPage(command: DescribedCommand): string {
  const { name, description, usage, options, aliases, examples } = command
  return page(pageName(command), description, [
    ['.SH SYNOPSIS', `.B tcompose ${roff(name)}`, roff(usage)],
    ...(aliases.length > 0 ? [['.SH ALIASES', roff(aliases.join(', '))]] : []),
    ...(options.length > 0 ? [['.SH OPTIONS', ...options.flatMap(optionLines)]] : []),
    ...(examples.length > 0
      ? [
          [
            '.SH EXAMPLES',
            ...examples.flatMap(([line, meaning]) => ['.TP', `.B ${roff(line)}`, roff(meaning)]),
          ],
        ]
      : []),
    ['.SH SEE ALSO', '.BR tcompose (1)'],
  ])
}

/** The description of a command in NAME begins in lower case, as man-pages(7) has it. */
function page(name: string, description: string, sections: readonly (readonly string[])[]): string {
  const [first = '', ...rest] = description
  const title = [
    `.TH ${name.toUpperCase()} 1`,
    '.SH NAME',
    roff(`${name} - ${first.toLowerCase()}${rest.join('')}`),
  ]
  return `${[title, ...sections].map(lines => lines.join('\n')).join('\n')}\n`
}

function optionLines({ flags, description, choices }: DescribedOption): readonly string[] {
  const values = choices.length > 0 ? ` (${choices.join(', ')})` : ''
  return ['.TP', `.B ${roff(flags)}`, roff(`${description}${values}`)]
}

/** Escapes what troff reads as its own: backslashes, hyphens, and a dot or quote that begins a line. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1')
}

if (import.meta.main) {
  const folder = join(projectRoot, 'dist/man/man1')
  mkdirSync(folder, { recursive: true })
  for (const [file, text] of manPages(await describeCommands())) writeFileSync(join(folder, file), text)
}
