import { expect, test } from 'vitest'
import { checkNativeOrder, NATIVE_ORDER, readNativeSources } from '../../../scripts/rules/native-order.ts'

const order = ['loop', 'client', 'process', 'requests']

function source(
  name: string,
  ...headers: readonly string[]
): { readonly path: string; readonly text: string } {
  return { path: `native/${name}`, text: headers.map(header => `#include "${header}"\n`).join('') }
}

/** A tree in order, in which `changes` take the place of files. */
function tree(
  ...changes: ReadonlyArray<ReturnType<typeof source>>
): ReadonlyArray<ReturnType<typeof source>> {
  const files = [
    ...[source('error.h'), source('loop.h', 'error.h'), source('loop.c', 'loop.h')],
    ...[source('client.h', 'loop.h'), source('client.c', 'client.h', 'error.h')],
    ...[source('process.h', 'client.h'), source('process.c', 'process.h')],
    ...[source('held.h', 'client.h'), source('requests.h', 'client.h')],
    source('requests.c', 'requests.h', 'held.h', 'process.h'),
  ]
  const changed = changes.map(({ path }) => path)
  const kept = files.filter(({ path }) => !changed.includes(path))
  return [...kept, ...changes].sort((one, other) => (one.path < other.path ? -1 : 1))
}

function messages(sources: ReturnType<typeof tree>): readonly string[] {
  return checkNativeOrder(sources, order).map(({ place, message }) => `${place}: ${message}`)
}

test('checkNativeOrder() accepts modules that use those before them and leaves', () => {
  expect(messages(tree())).toEqual([])
})

test('checkNativeOrder() finds a circle through sources whose headers have none', () => {
  expect(messages(tree(source('client.c', 'client.h', 'process.h')))).toEqual([
    'native/client: Include cycle: client -> process -> client',
    'native/client: The module uses a later one: client -> process',
  ])
})

test('checkNativeOrder() finds the circle of a struct that knows all and is known to all', () => {
  const sources = tree(
    source('keeper.h', 'loop.h'),
    source('keeper.c', 'keeper.h', 'client.h', 'process.h'),
    source('client.h', 'keeper.h'),
    source('client.c', 'client.h', 'requests.h'),
  )
  expect(messages(sources)).toContain('native/client: Include cycle: client -> keeper -> client')
  expect(messages(sources)).toContain('native/client: The module uses a later one: client -> requests')
})

test('checkNativeOrder() finds a later module behind one without a place', () => {
  expect(messages(tree(source('error.c', 'error.h', 'requests.h'), source('requests.h')))).toContain(
    'native/loop: The module uses a later one: loop -> error -> requests',
  )
})

test('checkNativeOrder() wants a function declared by the module that defines it', () => {
  const text =
    'static int\nown (void)\n{\n}\n\nint\ntc_loop_turn (int ms)\n{\n}\n\nstatic int\ntc_local (void)\n{\n}\n'
  const defining = { path: 'native/loop.c', text }
  const message = 'native/loop: tc_loop_turn is not declared in the header of the same name'
  expect(messages(tree(defining))).toEqual([message])
  expect(messages(tree(defining, { path: 'native/loop.h', text: 'int tc_loop_turn (int ms);\n' }))).toEqual(
    [],
  )
})

test('checkNativeOrder() names a module of the order that is missing', () => {
  expect(messages(tree().filter(({ path }) => !path.startsWith('native/loop')))).toEqual([
    'native/loop: There is no such module',
  ])
})

test('the keeper follows NATIVE_ORDER', () => {
  const sources = readNativeSources()
  expect(sources.length).toBeGreaterThan(NATIVE_ORDER.length)
  expect(checkNativeOrder(sources)).toEqual([])
})
