// usage: train.cjs CACHE LAUNCHER [ARG...]: runs LAUNCHER and writes the code cache of its script at the end.
const { renameSync, writeFileSync } = require('node:fs')
const { setFlagsFromString } = require('node:v8')
const [cache, launcher, ...args] = process.argv.slice(2)
process.argv = [process.argv[0], launcher, ...args]
globalThis[Symbol.for('tcompose.onCompiled')] = script => {
  // V8 drops the code of functions that have not run for some collections, such as the one that is the whole script.
  setFlagsFromString('--no-flush-bytecode')
  process.on('exit', () => {
    // A cache is refused unless it was made under the flags that it is used under.
    setFlagsFromString('--flush-bytecode')
    writeFileSync(`${cache}.new`, script.createCachedData())
    renameSync(`${cache}.new`, cache)
  })
}
require(launcher)
