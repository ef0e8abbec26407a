import { images } from '../../../app/images.ts'
import { type CommandDefinition, defineCommand } from '../../define-command.ts'
import { EXIT } from '../../exit-codes.ts'

/** `image tag`: gives an image another name; says nothing, as Docker does. */
export const command: CommandDefinition = defineCommand({
  describe: tag => tag.description('Give an image another name').argument('<source>').argument('<target>'),
  examples: [['tcompose image tag shop-web registry.example.com/shop:1', 'another name, to push']],
  run: async ({ ports }, [source = '', target = '']) => {
    const store = await ports.call(images)
    await store.tag(source, target)
    return EXIT.done
  },
})
