'use strict'
if (parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(`tcompose needs Node 24 or later, this is ${process.versions.node}\n`)
  process.exit(1)
}
const { readFileSync } = require('node:fs')
const { Script } = require('node:vm')
const filename = `${__dirname}/{stem}.js`
const source = readFileSync(filename, 'latin1')
const own = '{commands}'.split(' ').find(command => command && process.argv.includes(command, 2))
let cachedData
try {
  cachedData = readFileSync(own ? `${__dirname}/{stem}.${own}.cache` : `${__dirname}/{stem}.cache`)
} catch {}
// A cache of another Node is refused by V8, and the script is compiled as usual.
const script = new Script(source, { filename, cachedData })
const onCompiled = globalThis[Symbol.for('tcompose.onCompiled')]
if (onCompiled) onCompiled(script)
script.runInThisContext()(exports, require, module, filename, __dirname)
