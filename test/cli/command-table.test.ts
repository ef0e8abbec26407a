import { describe, expect, test } from 'vitest'
import { COMMANDS, neededCommands } from '../../src/cli/command-table.ts'
import { buildProgram } from '../../src/cli/program.ts'
import { recordedPorts } from '../support/cli-ports.ts'

function namesOf(argv: readonly string[]): readonly string[] {
  return neededCommands(argv).flatMap(({ names }) => names)
}

describe('COMMANDS', () => {
  for (const entry of COMMANDS) {
    test(`names what it adds: ${entry.names.join(', ')}`, () => {
      const { program } = buildProgram(recordedPorts([]), [entry])
      const added = program.commands.flatMap(command => [command.name(), ...command.aliases()])
      expect(added).toEqual(entry.names)
    })
  }
})

describe('neededCommands()', () => {
  test('is the command that is named, and any that an argument might be', () => {
    expect(namesOf(['-f', 'x.yaml', 'logs', '-f'])).toEqual(['logs'])
    expect(namesOf(['-p', 'up', 'ps'])).toEqual(['up', 'ps'])
    expect(namesOf(['convert'])).toEqual(['config', 'convert'])
  })

  test('is all of them for help, and where none is named', () => {
    expect(neededCommands(['--help'])).toBe(COMMANDS)
    expect(neededCommands(['up', '-h'])).toBe(COMMANDS)
    expect(neededCommands([])).toBe(COMMANDS)
    expect(neededCommands(['upp'])).toBe(COMMANDS)
  })
})
