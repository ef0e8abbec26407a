import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../../scripts/project-root.ts'
import { MESSAGE_TYPES, PROTOCOL_VERSION } from '../../src/runtime/keeper/message.ts'
import { LAUNCH_OP_CODES } from '../../src/runtime/launch/launch-op.ts'
import { LAUNCH_OP_FIELDS } from '../../src/runtime/launch/launch-program.ts'

const launchHeader = readFileSync(join(projectRoot, 'native/launch.h'), 'utf8')
const protocolHeader = readFileSync(join(projectRoot, 'native/protocol.h'), 'utf8')

function nameOf(constant: string): string {
  return constant.toLowerCase().replaceAll('_', '-')
}

test('LAUNCH_OP_CODES has the names and numbers of TC_OPS', () => {
  const operations = [...launchHeader.matchAll(/^ {2}X \((\w+), (\d+), "\w*"\)/gm)]
  expect(Object.fromEntries(operations.map(([, name = '', code]) => [nameOf(name), Number(code)]))).toEqual(
    LAUNCH_OP_CODES,
  )
})

test('LAUNCH_OP_FIELDS has the fields of TC_OPS', () => {
  const operations = [...launchHeader.matchAll(/^ {2}X \((\w+), \d+, "(\w*)"\)/gm)]
  const fields = Object.entries(LAUNCH_OP_FIELDS).map(([name, kinds]) => [
    name,
    Object.values(kinds).join(''),
  ])
  expect(Object.fromEntries(operations.map(([, name = '', kinds]) => [nameOf(name), kinds]))).toEqual(
    Object.fromEntries(fields),
  )
})

test('MESSAGE_TYPES has the names and numbers of TC_MESSAGES', () => {
  const messages = [...protocolHeader.matchAll(/^ {2}X \((\w+), (\d+)\)/gm)]
  expect(Object.fromEntries(messages.map(([, name = '', code]) => [nameOf(name), Number(code)]))).toEqual(
    MESSAGE_TYPES,
  )
})

test('PROTOCOL_VERSION is that of protocol.h', () => {
  expect(protocolHeader).toContain(`#define TC_PROTOCOL_VERSION ${PROTOCOL_VERSION}u`)
})
