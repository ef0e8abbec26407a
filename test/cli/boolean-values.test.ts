import { describe, expect, test } from 'vitest'
import { withPlainBooleans } from '../../src/cli/boolean-values.ts'
import { COMMANDS, loadCommands } from '../../src/cli/command-table.ts'
import { buildProgram } from '../../src/cli/program.ts'
import { recordedPorts } from '../support/cli-ports.ts'

const { program } = buildProgram(recordedPorts([]), await loadCommands(COMMANDS))

describe('withPlainBooleans()', () => {
  for (const { line, plain } of [
    { line: 'up -d=true', plain: 'up -d' },
    { line: 'up --detach=false web', plain: 'up web' },
    { line: 'up --detach=1 --force-recreate=f', plain: 'up --detach' },
    { line: 'up --no-deps=true', plain: 'up --no-deps' },
    { line: 'up --no-deps=false', plain: 'up' },
    { line: 'ps --orphans=false', plain: 'ps --no-orphans' },
    { line: 'ps --orphans=true', plain: 'ps --orphans' },
    { line: 'exec --tty=false web ls', plain: 'exec --no-tty web ls' },
    { line: 'exec web ls --all=true', plain: 'exec web ls --all=true' },
    { line: 'exec -u root web ls --all=false', plain: 'exec -u root web ls --all=false' },
    { line: '-f x=true up', plain: '-f x=true up' },
    { line: '--file=true up', plain: '--file=true up' },
    { line: '-f=a.yaml -p=shop down -t=0', plain: '-f a.yaml -p shop down -t 0' },
    { line: 'exec -u=root web ls -a=b', plain: 'exec -u root web ls -a=b' },
    { line: 'up --nonsense=true', plain: 'up --nonsense=true' },
    { line: 'up --detach=maybe', plain: 'up --detach=maybe' },
    { line: 'logs -- --follow=true', plain: 'logs -- --follow=true' },
    { line: 'image prune --all=true', plain: 'image prune --all' },
  ]) {
    test(`makes "${plain}" of "${line}"`, () => {
      expect(withPlainBooleans(program, line.split(' ')).join(' ')).toBe(plain)
    })
  }
})
