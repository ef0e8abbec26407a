'use strict'
if (parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(`tcompose needs Node 24 or later, this is ${process.versions.node}\n`)
  process.exit(1)
}
const { readFileSync } = require('node:fs')
const { Script } = require('node:vm')
// bin/tcompose hides the arguments from Node: an argument "." means that each one after it begins with a dot.
if (process.argv[2] === '.')
  process.argv = [...process.argv.slice(0, 2), ...process.argv.slice(3).map(argument => argument.slice(1))]
const words = process.argv.slice(2).map(word => (word === '-h' ? '--help' : word))
if (words[0] === '--version' || words[0] === '-v') words[0] = 'version'
const command = '{commands}'.split(' ').find(name => name && words.includes(name))
const onCompiled = globalThis[Symbol.for('tcompose.onCompiled')]
const pack = `${__dirname}/{main}${command ? `.${command}` : ''}.pack`
const packed = compiled(pack, [`${pack}.cache`]) || {}
const acting = '{acting}'.split(' ')
let actingPack
const loaded = new Map()

// Returns what a script of this program exports; anything else is left to Node.
function load(id) {
  if (!id.startsWith('./')) return require(id)
  const known = loaded.get(id)
  if (known) return known.exports
  const module = { exports: {} }
  loaded.set(id, module)
  const name = id.slice(2, -3)
  const start =
    packed[name] || actingPart(name) || compiled(`${__dirname}/${name}.js`, cachesOf(`${__dirname}/${name}`))
  start(module.exports, load, module, `${__dirname}/${name}.js`, __dirname)
  return module.exports
}

// What acts on the machine is one script too, read when the first of it is needed.
function actingPart(name) {
  if (!acting.includes(name)) return undefined
  const path = `${__dirname}/{main}.acting.pack`
  actingPack = actingPack || compiled(path, [`${path}.cache`]) || {}
  return actingPack[name]
}

// Returns the value of the script in a file; undefined if there is no such file.
function compiled(filename, caches) {
  const source = contentOf(filename, 'latin1')
  if (source === undefined) return undefined
  let cachedData
  for (const cache of caches) cachedData = cachedData || contentOf(cache)
  // A cache of another Node is refused by V8, and the script is compiled as usual.
  const script = new Script(source, { filename, cachedData })
  if (onCompiled) onCompiled(script, { filename, cache: caches[0] })
  return script.runInThisContext()
}

// Each command has a code cache of its own; a script that its training did not load has a common one.
function cachesOf(name) {
  return command ? [`${name}.${command}.cache`, `${name}.cache`] : [`${name}.cache`]
}

function contentOf(path, encoding) {
  try {
    return readFileSync(path, encoding)
  } catch {}
}

load('./{main}.js')
