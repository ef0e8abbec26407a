// usage: train.cjs ENDING LAUNCHER [ARG...]: runs LAUNCHER and writes the code caches of its scripts at the end, to
// files of the scripts' names and ENDING.
const { renameSync, writeFileSync } = require('node:fs')
const { setFlagsFromString } = require('node:v8')
const [ending, launcher, ...args] = process.argv.slice(2)
process.argv = [process.argv[0], launcher, ...args]
const scripts = new Map()
globalThis[Symbol.for('tcompose.onCompiled')] = (script, name) => {
  // V8 drops the code of functions that have not run for some collections, such as the one that is the whole script.
  setFlagsFromString('--no-flush-bytecode')
  scripts.set(name, script)
}
process.on('exit', () => {
  // A cache is refused unless it was made under the flags that it is used under.
  setFlagsFromString('--flush-bytecode')
  for (const [name, script] of scripts) {
    const cache = `${name}${ending}`
    writeFileSync(`${cache}.new`, script.createCachedData())
    renameSync(`${cache}.new`, cache)
  }
})
require(launcher)
