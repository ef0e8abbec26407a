import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { Menu } from '../../../src/cli/attach/menu.ts'
import type { CliPorts } from '../../../src/cli/cli-ports.ts'
import { recordedPorts } from '../../support/cli-ports.ts'

/** A keyboard that is pressed by a test. */
class Keyboard extends EventEmitter {
  isRaw = false

  setRawMode(isRaw: boolean): void {
    this.isRaw = isRaw
  }

  pause(): void {}

  press(keys: string): void {
    this.emit('data', keys)
  }
}

function scene({ isInputTerminal = true } = {}) {
  const keyboard = new Keyboard()
  const ports = recordedPorts(['up'])
  const openTerminal = (() => ({ input: keyboard })) as unknown as CliPorts['openTerminal']
  const menu = new Menu({ ...ports, openTerminal, isInputTerminal })
  const pressed: string[] = []
  const shortcut = (key: string, text: string) => ({ key, text: () => text, press: () => pressed.push(key) })
  return {
    keyboard,
    menu,
    pressed,
    output: ports.stdout,
    shortcuts: [shortcut('w', 'Watch'), shortcut('d', 'Detach')],
  }
}

test('Menu keeps its line below what is written while it is shown', () => {
  const { menu, output, shortcuts } = scene()
  menu.ports.stdout.write('before\n')
  menu.show(shortcuts)
  menu.ports.stdout.write('log\n')
  menu.hide()
  menu.ports.stdout.write('after\n')
  const line = '\r\x1b[Kw Watch   d Detach'
  expect(output.text).toBe(`before\n${line}\r\x1b[Klog\n${line}\r\x1b[Kafter\n`)
})

test('Menu cuts its heading to what the keys leave of the line, and shows it alone without a keyboard', () => {
  const { menu, output, shortcuts } = scene()
  menu.show(shortcuts, columns => 'x'.repeat(columns))
  expect(output.text).toBe(`\r\x1b[K${'x'.repeat(79 - 'w Watch   d Detach'.length - 3)}   w Watch   d Detach`)
  const mute = scene({ isInputTerminal: false })
  mute.menu.show(mute.shortcuts, () => 'Stopping')
  mute.menu.hide()
  expect(mute.output.text).toBe('\r\x1b[KStopping\r\x1b[K')
})

test('Menu does what keys are for, and nothing for others', () => {
  const { keyboard, menu, pressed, shortcuts } = scene()
  menu.show(shortcuts)
  keyboard.press('xwd')
  expect(pressed).toEqual(['w', 'd'])
  menu.hide()
  keyboard.press('w')
  expect(pressed).toEqual(['w', 'd'])
  expect(keyboard.isRaw).toBe(false)
})

test.for([
  ['y', true],
  ['n', false],
  ['\r', false],
] as const)('Menu takes %j for an answer, not for a shortcut', async ([key, isYes]) => {
  const { keyboard, menu, pressed, shortcuts } = scene()
  menu.show(shortcuts)
  const answer = menu.ask('Apply it? ')
  keyboard.press(key)
  expect(await answer).toBe(isYes)
  expect(pressed).toEqual([])
})
