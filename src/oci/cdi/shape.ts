import { isObject } from '../../base/json-reader.ts'

/** Throws a SyntaxError that names the place at `path` if `value` is not what is wanted there. */
export type Shape = (value: unknown, path: string) => void

/** A text; with `pattern`, one that matches it, which `wanted` describes. */
export function text(pattern?: RegExp, wanted = 'a text'): Shape {
  return (value, path) => {
    if (typeof value !== 'string' || pattern?.test(value) === false) throw mismatch(value, path, wanted)
  }
}

/** A whole number between `least` and `most`. */
export function whole(least: number, most: number): Shape {
  return (value, path) => {
    if (!(Number.isInteger(value) && Number(value) >= least && Number(value) <= most))
      throw mismatch(value, path, `a whole number from ${least} to ${most}`)
  }
}

/** A list of what `of` wants. */
export function list(of: Shape): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) throw mismatch(value, path, 'a list')
    for (const [index, item] of value.entries()) of(item, `${path}[${index}]`)
  }
}

/** An object with names of anyone's choice. */
export function record(of: Shape): Shape {
  return (value, path) => {
    if (!isObject(value)) throw mismatch(value, path, 'an object')
    for (const [key, inner] of Object.entries(value)) of(inner, within(path, key))
  }
}

/** An object with the fields `known` alone, of which those in `required` are there. A null is as good as nothing. */
export function fields(known: Readonly<Record<string, Shape>>, ...required: readonly string[]): Shape {
  const shapes = new Map(Object.entries(known))
  return (value, path) => {
    if (!isObject(value)) throw mismatch(value, path, 'an object')
    const present = Object.entries(value).filter(([, inner]) => inner !== null)
    for (const [key, inner] of present) shapeOf(shapes, key, path)(inner, within(path, key))
    const missing = required.find(key => !present.some(([name]) => name === key))
    if (missing !== undefined) throw new SyntaxError(`its "${within(path, missing)}" is missing`)
  }
}

function shapeOf(shapes: ReadonlyMap<string, Shape>, key: string, path: string): Shape {
  const shape = shapes.get(key)
  if (shape !== undefined) return shape
  throw new SyntaxError(
    `it has the unknown field "${within(path, key)}", expected one of ${[...shapes.keys()].join(', ')}`,
  )
}

/** Whatever it is. */
export function anything(): Shape {
  return () => {}
}

function within(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

function mismatch(value: unknown, path: string, wanted: string): SyntaxError {
  const name = path === '' ? 'its content' : `its "${path}"`
  const shown = JSON.stringify(value) ?? 'nothing'
  return new SyntaxError(`${name} is ${shown.length > 60 ? typeof value : shown}, expected ${wanted}`)
}
