// usage: compile-pack.cjs PACK: writes the code cache of all functions of a pack to PACK.cache.
const { readFileSync, writeFileSync } = require('node:fs')
const { setFlagsFromString } = require('node:v8')
const { Script } = require('node:vm')
const [pack] = process.argv.slice(2)
setFlagsFromString('--no-lazy')
const script = new Script(readFileSync(pack, 'latin1'), { filename: pack })
// V8 rejects a cache that was created under other flags than it is used under.
setFlagsFromString('--lazy')
writeFileSync(`${pack}.cache`, script.createCachedData())
