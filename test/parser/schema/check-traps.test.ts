import { describe, expect, test } from 'vitest'
import { diagnosticsOf, webFile } from '../../support/memory-project.ts'

function trapsOf(attributes: string): readonly string[] {
  return diagnosticsOf(webFile(attributes)).map(({ severity, code, hint }) => `${severity} ${code} ${hint}`)
}

describe('checkTraps()', () => {
  const traps = [
    { yaml: 'ports: [22:22]', hint: 'Write it in quotes: "22:22"' },
    { yaml: 'ports: [8022:22]', hint: 'Write it in quotes: "8022:22"' },
    { yaml: 'init: yes', hint: 'Write true' },
    { yaml: 'tty: Off', hint: 'Write false' },
    { yaml: 'healthcheck: {disable: y}', hint: 'Write true' },
  ]
  for (const { yaml, hint } of traps) {
    test(`checkTraps() warns about ${yaml}`, () => {
      expect(trapsOf(yaml)).toEqual([`warning yaml-trap ${hint}`])
    })
  }

  const fine = [
    'ports: ["22:22"]',
    'ports: [8080:80]',
    'ports: [22]',
    'ports: [127.0.0.1:22:22]',
    'init: true',
    'init: "yes"',
    'init: ${INIT:-yes}',
    'restart: no',
    'environment: {A: yes, B: 10:20}',
    'command: yes',
    'labels: {a: on}',
  ]
  for (const yaml of fine) {
    test(`checkTraps() is silent about ${yaml}`, () => {
      expect(trapsOf(yaml)).toEqual([])
    })
  }
})
