'use strict'
if (parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(`tcompose needs Node 24 or later, this is ${process.versions.node}\n`)
  process.exit(1)
}
const { readFileSync } = require('node:fs')
const { Script } = require('node:vm')
const command = '{commands}'.split(' ').find(name => name && process.argv.includes(name, 2))
const onCompiled = globalThis[Symbol.for('tcompose.onCompiled')]
const loaded = new Map()

// Returns what a script of this program exports; anything else is left to Node.
function load(id) {
  if (!id.startsWith('./')) return require(id)
  const known = loaded.get(id)
  if (known) return known.exports
  const module = { exports: {} }
  loaded.set(id, module)
  const name = `${__dirname}/${id.slice(2, -3)}`
  const filename = `${name}.js`
  // A cache of another Node is refused by V8, and the script is compiled as usual.
  const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData: cacheOf(name) })
  if (onCompiled) onCompiled(script, name)
  script.runInThisContext()(module.exports, load, module, filename, __dirname)
  return module.exports
}

// Each command has code of its own; a script that no training of it needed has that of any.
function cacheOf(name) {
  for (const path of command ? [`${name}.${command}.cache`, `${name}.cache`] : [`${name}.cache`]) {
    try {
      return readFileSync(path)
    } catch {}
  }
}

load('./{main}.js')
