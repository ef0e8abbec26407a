import { describe, expect, test } from 'vitest'
import { COMMANDS, loadCommands, neededCommands } from '../../src/cli/command-table.ts'
import { buildProgram } from '../../src/cli/program.ts'
import { recordedPorts } from '../support/cli-ports.ts'

const { program } = buildProgram(recordedPorts([]), await loadCommands(COMMANDS))

describe('COMMANDS', () => {
  for (const path of COMMANDS) {
    test(`has a described command for ${path}`, () => {
      const [name, member] = path.split('/')
      const group = program.commands.find(known => known.name() === name)
      const command = member === undefined ? group : group?.commands.find(known => known.name() === member)
      expect(command?.description()).toMatch(/^[A-Z]/)
    })
  }

  test('begins with what is used most', () => {
    expect(COMMANDS.slice(0, 3)).toEqual(['up', 'down', 'build'])
    expect(COMMANDS.filter(path => path.startsWith('image/')).slice(0, 3)).toEqual([
      'image/ls',
      'image/rm',
      'image/prune',
    ])
  })
})

describe('neededCommands()', () => {
  test('is the command that is named, and any that an argument might be', () => {
    expect(neededCommands(['-f', 'x.yaml', 'logs', '-f'])).toEqual(['logs'])
    expect(neededCommands(['-p', 'up', 'ps'])).toEqual(['up', 'ps'])
    expect(neededCommands(['up', '-h'])).toEqual(['up'])
  })

  test('is a group with the member that is named, or else with all', () => {
    const members = COMMANDS.filter(path => path.startsWith('image/'))
    expect(neededCommands(['image', 'ls'])).toEqual(['ls', 'image', 'image/ls'])
    expect(neededCommands(['image', 'save', '--help'])).toEqual(['image', 'image/save'])
    expect(neededCommands(['image', '--help', 'save'])).toEqual(['image', ...members])
    expect(neededCommands(['image', 'frobnicate'])).toEqual(['image', ...members])
  })

  test('is one for the version, which the program itself shows', () => {
    expect(neededCommands(['--version'])).toEqual(['version'])
    expect(neededCommands(['-v'])).toEqual(['version'])
    expect(neededCommands(['run', '-v', '/tmp:/tmp', 'web'])).toEqual(['run'])
  })

  test('is all of them for the help of the program, and where none is named', () => {
    expect(neededCommands(['--help'])).toBe(COMMANDS)
    expect(neededCommands(['--help', 'up'])).toBe(COMMANDS)
    expect(neededCommands([])).toBe(COMMANDS)
    expect(neededCommands(['upp'])).toBe(COMMANDS)
    expect(neededCommands(['convert'])).toBe(COMMANDS)
  })
})
